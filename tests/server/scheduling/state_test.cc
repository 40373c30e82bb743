#include "server/scheduling/state.h"

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

TEST(State, NothingFollowsAFinalStateAndNoStateFollowsItself) {
  for (int from = 0; from <= static_cast<int>(AttemptState::kExpired); ++from) {
    for (int to = 0; to <= static_cast<int>(AttemptState::kExpired); ++to) {
      const auto a = static_cast<AttemptState>(from);
      const auto b = static_cast<AttemptState>(to);
      if (!IsFinal(a) && a != b) continue;
      EXPECT_FALSE(MayFollow(a, b)) << Name(a) << " → " << Name(b);
    }
  }
  EXPECT_TRUE(MayFollow(AttemptState::kOffered, AttemptState::kRunning));
  EXPECT_FALSE(MayFollow(AttemptState::kOffered, AttemptState::kSucceeded));
  EXPECT_TRUE(MayFollow(TaskState::kRunning, TaskState::kReady));
  EXPECT_FALSE(MayFollow(TaskState::kBlocked, TaskState::kRunning));
  EXPECT_FALSE(MayFollow(JobState::kPending, JobState::kSucceeded));
  EXPECT_FALSE(MayFollow(JobState::kCancelled, JobState::kRunning));
}

TEST(State, NamesReadBackToTheirValues) {
  for (int i = 0; i <= static_cast<int>(FailureKind::kCrash); ++i) {
    FailureKind value{};
    ASSERT_TRUE(FromName(Name(static_cast<FailureKind>(i)), value));
    EXPECT_EQ(static_cast<int>(value), i);
  }
  Role role = Role::kAdmin;
  EXPECT_FALSE(FromName("emperor", role));
  EXPECT_EQ(role, Role::kAdmin);
}

}  // namespace
}  // namespace interneg::scheduling
