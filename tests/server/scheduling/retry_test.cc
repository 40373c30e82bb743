#include "server/scheduling/retry.h"

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

AttemptEnd Failed(FailureKind kind, int spent = 0) { return {AttemptState::kFailed, kind, spent, false}; }

TEST(Retry, BadInputNeverRetriesAndBlamesNobody) {
  const auto after = JudgeEnd(Failed(FailureKind::kBadInput), {}, 0.5);
  EXPECT_EQ(after.task, TaskState::kFailed);
  EXPECT_EQ(after.blame, Blame::kNobody);
}

TEST(Retry, FailuresBackOffExponentiallyUntilTheirRetriesAreSpent) {
  const RetrySettings settings;
  for (int spent = 0; spent < settings.most_retries; ++spent) {
    const auto after = JudgeEnd(Failed(FailureKind::kCrash, spent), settings, 1.0);
    EXPECT_EQ(after.task, TaskState::kReady);
    EXPECT_EQ(after.cost, RetryCost::kSpent);
    EXPECT_EQ(after.blame, Blame::kWorker);
    EXPECT_EQ(after.delay, settings.first_delay * (1 << spent));
  }
  EXPECT_EQ(JudgeEnd(Failed(FailureKind::kCrash, 3), settings, 1.0).task, TaskState::kFailed);
  EXPECT_EQ(JudgeEnd(Failed(FailureKind::kCrash), settings, 0.0).delay, settings.first_delay / 2);
}

TEST(Retry, PreemptionLossRejectionAndExpirySpendNothing) {
  for (const auto state :
       {AttemptState::kPreempted, AttemptState::kLost, AttemptState::kRejected, AttemptState::kExpired}) {
    const auto after = JudgeEnd({state, {}, 3, false}, {}, 0.5);
    EXPECT_EQ(after.task, TaskState::kReady) << Name(state);
    EXPECT_EQ(after.cost, RetryCost::kFree) << Name(state);
    EXPECT_EQ(after.blame, Blame::kNobody) << Name(state);
  }
}

TEST(Retry, ACancelledJobRetriesNothingButKeepsWhatSucceeded) {
  EXPECT_EQ(JudgeEnd({AttemptState::kLost, {}, 0, true}, {}, 0.5).task, TaskState::kCancelled);
  EXPECT_EQ(JudgeEnd({AttemptState::kFailed, FailureKind::kCrash, 0, true}, {}, 0.5).task, TaskState::kCancelled);
  EXPECT_EQ(JudgeEnd({AttemptState::kSucceeded, {}, 0, true}, {}, 0.5).task, TaskState::kSucceeded);
}

TEST(Conclusion, WaitsForTheLastTaskAndTellsPartialFromFailed) {
  using Counts = TaskCounts;
  EXPECT_EQ(Conclude(Counts{4, 3, 0, 1, 0, 0}, CancelWish::kNone), std::nullopt);
  EXPECT_EQ(Conclude(Counts{4, 4, 0, 2, 0, 0}, CancelWish::kNone), JobState::kSucceeded);
  EXPECT_EQ(Conclude(Counts{4, 4, 1, 2, 0, 0}, CancelWish::kNone), JobState::kPartial);
  EXPECT_EQ(Conclude(Counts{4, 2, 0, 1, 1, 1}, CancelWish::kNone), JobState::kPartial);
  EXPECT_EQ(Conclude(Counts{4, 0, 0, 0, 2, 2}, CancelWish::kNone), JobState::kFailed);
  EXPECT_EQ(Conclude(Counts{4, 2, 0, 1, 0, 2}, CancelWish::kRequested), JobState::kCancelled);
  EXPECT_EQ(Conclude(Counts{1, 1, 0, 0, 0, 0}, CancelWish::kRequested), JobState::kSucceeded);
}

TEST(Rank, OneStepOfPriorityOutweighsOneAgeingIntervalOfWaiting) {
  const std::chrono::microseconds now(1'000'000'000);
  EXPECT_LT(RankKey(now, 1), RankKey(now, 0));
  EXPECT_EQ(RankKey(now + kAgeing, 1), RankKey(now, 0));
}

}  // namespace
}  // namespace interneg::scheduling
