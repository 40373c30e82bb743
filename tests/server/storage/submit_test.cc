#include <gmock/gmock.h>

#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::Disposition;
using scheduling::FailureKind;
using scheduling::JobState;

TEST_F(Farm, SubmittingTwiceMakesOneJob) {
  const auto request = Train();
  const auto first = Submitted(request);
  EXPECT_EQ(Submitted(request).job_id, first.job_id);
  EXPECT_EQ(Ask("SELECT count(*) FROM job")[0].as<int>(), 1);
  EXPECT_EQ(Ask("SELECT count(*) FROM task_ready")[0].as<int>(), 1);
  EXPECT_EQ(first.spec, request.spec);
  EXPECT_EQ(first.tasks_total, 1);
}

TEST_F(Farm, ARequestIdUsedForAnotherJobIsAConflict) {
  auto request = Train();
  Submitted(request);
  request.spec_sha256 = std::string(64, 'b');
  EXPECT_TRUE(absl::IsAlreadyExists(jobs().Submit(actor_, request).status()));
  EXPECT_TRUE(jobs().Submit({"somebody else"}, request).ok()) << "request ids are each principal's own";
}

TEST_F(Farm, RefusesUnknownProjectsDependenciesAndJobs) {
  auto request = Train();
  request.project_id = NewId();
  EXPECT_TRUE(absl::IsNotFound(jobs().Submit(actor_, request).status()));
  request = Train();
  request.depends_on = {NewId()};
  EXPECT_TRUE(absl::IsNotFound(jobs().Submit(actor_, request).status()));
  EXPECT_TRUE(absl::IsNotFound(jobs().Get(NewId()).status()));
  EXPECT_TRUE(absl::IsNotFound(jobs().Get("' OR 1=1").status()));
  request = Train();
  request.spec = "no JSON";
  EXPECT_TRUE(absl::IsInvalidArgument(jobs().Submit(actor_, request).status()));
}

TEST_F(Farm, AWaitingJobSaysWhatTheFarmLacks) {
  EXPECT_THAT(Submitted(Train()).waiting_reason, ::testing::HasSubstr("none is connected"));
  Attached("w");
  auto request = Train();
  request.facts.roots = {"scans", "plates"};
  EXPECT_THAT(Submitted(request).waiting_reason, ::testing::HasSubstr("the roots plates, scans"));
  request = Train();
  request.facts.tags = {"fast"};
  EXPECT_THAT(Submitted(request).waiting_reason, ::testing::HasSubstr("the tags fast"));
  request = Train();
  request.pool = "night";
  EXPECT_THAT(Submitted(request).waiting_reason, ::testing::HasSubstr("the pool night"));
  request = Train();
  request.facts.device_kind = scheduling::DeviceKind::kCuda;
  EXPECT_THAT(Submitted(request).waiting_reason, ::testing::HasSubstr("of kind cuda"));
  EXPECT_THAT(Submitted(Train()).waiting_reason, ::testing::HasSubstr("a free device"));
}

TEST_F(Farm, ADependentWaitsForItsDependencyAndThenRuns) {
  const auto session = Attached("w");
  const auto first = Submitted(Train());
  auto request = Train();
  request.depends_on = {first.job_id};
  const auto second = Submitted(request);
  EXPECT_EQ(second.waiting_reason, "job " + first.job_id);
  const auto offer = Taken(session);
  EXPECT_EQ(offer.job_id, first.job_id);
  EXPECT_EQ(Claim(), 0);
  EXPECT_EQ(Commit(session, offer.attempt, Success()), Disposition::kCommitted);
  EXPECT_EQ(StateOf(first.job_id), JobState::kSucceeded);
  EXPECT_EQ(Taken(session).job_id, second.job_id);
}

TEST_F(Farm, AFailedDependencyFailsItsDependentsWithTheReason) {
  const auto session = Attached("w");
  const auto first = Submitted(Train());
  auto request = Train();
  request.depends_on = {first.job_id};
  const auto second = Submitted(request);
  request = Train();
  request.depends_on = {second.job_id};
  const auto third = Submitted(request);
  Commit(session, Taken(session).attempt, Failure(FailureKind::kBadInput));
  EXPECT_EQ(StateOf(first.job_id), JobState::kFailed);
  EXPECT_EQ(jobs().Get(first.job_id)->failure->message, "frame 1007 is truncated");
  EXPECT_EQ(StateOf(third.job_id), JobState::kFailed);
  const auto job = *jobs().Get(second.job_id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_NE(job.failure->message.find(first.job_id), std::string::npos);
  EXPECT_EQ(jobs().Tasks(second.job_id)->at(0).state, scheduling::TaskState::kCancelled);
  request = Train();
  request.depends_on = {first.job_id};
  EXPECT_EQ(Submitted(request).state, JobState::kFailed) << "the dependency had failed before";
}

TEST_F(Farm, ListsJobsInPagesAndByFilter) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Submitted(i < 3 ? Train() : Probe()).job_id);
  const auto first = jobs().List({}, std::nullopt, {2, ""});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->rows.size(), 2U);
  EXPECT_EQ(first->rows[0].job_id, *std::max_element(ids.begin(), ids.end()));
  const auto rest = jobs().List({}, std::nullopt, {10, first->next});
  EXPECT_EQ(rest->rows.size(), 3U);
  EXPECT_EQ(rest->next, "");
  scheduling::JobFilter filter;
  filter.kinds = {scheduling::JobKind::kProbe};
  EXPECT_EQ(jobs().List(filter, std::nullopt, {})->rows.size(), 2U);
  EXPECT_TRUE(jobs().List({}, std::vector<std::string>{}, {})->rows.empty());
  EXPECT_EQ(jobs().List({}, std::vector<std::string>{project_}, {})->rows.size(), 5U);
  EXPECT_TRUE(absl::IsInvalidArgument(jobs().List({}, std::nullopt, {2, "x"}).status()));
}

}  // namespace
}  // namespace interneg::storage
