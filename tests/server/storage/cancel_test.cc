#include <thread>

#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::Dependents;
using scheduling::Disposition;
using scheduling::JobState;

TEST_F(Farm, CancellingAWaitingJobEndsItAtOnce) {
  const auto job = Submitted(Train());
  EXPECT_EQ(jobs().Cancel(actor_, job.job_id, Dependents::kKeep)->state, JobState::kCancelled);
  EXPECT_EQ(jobs().Cancel(actor_, job.job_id, Dependents::kKeep)->state, JobState::kCancelled);
  Attached("w");
  EXPECT_EQ(Claim(), 0);
}

TEST_F(Farm, CancellingARunningJobStopsItsAttempt) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  const auto cancelled = *jobs().Cancel(actor_, job.job_id, Dependents::kKeep);
  EXPECT_EQ(cancelled.state, JobState::kRunning);
  EXPECT_EQ(cancelled.waiting_reason, "stopping");
  const auto box = desk().ReadOutboxes({session})->at(0);
  ASSERT_EQ(box.stops.size(), 1U);
  EXPECT_EQ(box.stops[0].second, scheduling::StopReason::kCancelled);
  scheduling::AttemptResult preempted;
  preempted.outcome = scheduling::Outcome::kPreempted;
  EXPECT_EQ(Commit(session, offer.attempt, preempted), Disposition::kCommitted);
  EXPECT_EQ(StateOf(job.job_id), JobState::kCancelled);
  EXPECT_EQ(Ask("SELECT sum(reserved_slots) FROM device")[0].as<int>(), 0);
}

TEST_F(Farm, CancellingAnOfferedJobTakesTheOfferBack) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  Claim();
  const auto offer = Offers(session).at(0);
  EXPECT_EQ(jobs().Cancel(actor_, job.job_id, Dependents::kKeep)->state, JobState::kCancelled);
  EXPECT_TRUE(Offers(session).empty());
  EXPECT_EQ(*desk().Accept(session, offer.attempt), scheduling::Standing::kStale);
}

TEST_F(Farm, DependentsFailOrAreCancelledAsWished) {
  for (const auto wish : {Dependents::kKeep, Dependents::kCancelToo}) {
    const auto first = Submitted(Train());
    auto request = Train();
    request.depends_on = {first.job_id};
    const auto second = Submitted(request);
    ASSERT_TRUE(jobs().Cancel(actor_, first.job_id, wish).ok());
    EXPECT_EQ(StateOf(second.job_id), wish == Dependents::kKeep ? JobState::kFailed : JobState::kCancelled);
  }
}

TEST_F(Farm, CancellingAnEndedJobLeavesItsDependentsAlone) {
  const auto session = Attached("w");
  const auto first = Submitted(Train());
  auto request = Train();
  request.depends_on = {first.job_id};
  const auto second = Submitted(request);
  Commit(session, Taken(session).attempt, Success());
  Taken(session);
  ASSERT_TRUE(jobs().Cancel(actor_, first.job_id, Dependents::kCancelToo).ok());
  EXPECT_EQ(StateOf(first.job_id), JobState::kSucceeded);
  EXPECT_EQ(jobs().Get(second.job_id)->waiting_reason, "") << "it is not stopping";
  EXPECT_EQ(StateOf(second.job_id), JobState::kRunning);
}

// A cancel and the completion of the same job at the same moment: either order is right, a mixture is not.
TEST_F(Farm, ACancelRacedWithACompletionEndsTheJobOneWay) {
  const auto session = Attached("w");
  for (int i = 0; i < 12; ++i) {
    const auto job = Submitted(Train());
    const auto offer = Taken(session);
    std::thread canceller([&] { EXPECT_TRUE(jobs().Cancel(actor_, job.job_id, Dependents::kKeep).ok()); });
    EXPECT_EQ(Commit(session, offer.attempt, Success()), Disposition::kCommitted);
    canceller.join();
    EXPECT_EQ(StateOf(job.job_id), JobState::kSucceeded) << "the work was done";
    EXPECT_EQ(Ask("SELECT sum(reserved_slots) FROM device")[0].as<int>(), 0);
  }
}

// Claims and cancels at once: a task is either claimed and then stopped, or never claimed.
TEST_F(Farm, ACancelRacedWithAClaimLeavesNothingBehind) {
  Attached("w", 4);
  const auto term = Term();
  for (int i = 0; i < 12; ++i) {
    const auto job = Submitted(Train());
    std::thread claimer([&] { EXPECT_TRUE(planning().Claim(term, 10).ok()); });
    EXPECT_TRUE(jobs().Cancel(actor_, job.job_id, Dependents::kKeep).ok());
    claimer.join();
    EXPECT_EQ(StateOf(job.job_id), JobState::kCancelled);
  }
  EXPECT_EQ(Ask("SELECT sum(reserved_slots) FROM device")[0].as<int>(), 0);
  EXPECT_EQ(Ask("SELECT count(*) FROM task_ready")[0].as<int>(), 0);
}

}  // namespace
}  // namespace interneg::storage
