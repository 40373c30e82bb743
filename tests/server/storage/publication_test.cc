#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::FailureKind;
using scheduling::JobState;
using scheduling::TaskKind;
using scheduling::TaskState;

scheduling::FrameReport Frame(int number) {
  scheduling::FrameReport frame;
  frame.frame = number;
  frame.file = {"f." + std::to_string(number) + ".exr", 10, std::string(64, 'f')};
  frame.proven = true;
  return frame;
}

TEST_F(Farm, ARenderSucceedsOnlyAfterItsFilesArePublished) {
  const auto session = Attached("w");
  const auto job = Submitted(Render("sh010"));
  EXPECT_EQ(job.tasks_total, 2);
  const auto render = Taken(session);
  EXPECT_EQ(render.kind, TaskKind::kRender);
  EXPECT_EQ(render.frames, "1001-1010");
  EXPECT_EQ(render.checkpoint_sha256, std::string(64, 'c'));
  EXPECT_EQ(render.output_folder, "out:sh010/.interneg/" + render.attempt.key.task_id + ".1");
  EXPECT_EQ(Claim(), 0) << "nothing to publish before a manifest is committed";
  EXPECT_TRUE(absl::IsInvalidArgument(desk().Commit(session, render.attempt, Success()).status())) << "no manifest";
  EXPECT_TRUE(absl::IsInvalidArgument(desk().Commit(session, render.attempt, Success({"../x"})).status()));
  EXPECT_TRUE(desk().ReportEvents(node_, render.attempt, {{1, 1.0, Frame(1001)}, {2, 2.0, Frame(1002)}}).ok());
  Commit(session, render.attempt, Success({"f.1001.exr", "f.1002.exr"}));
  EXPECT_EQ(StateOf(job.job_id), JobState::kRunning);
  EXPECT_EQ(Ask("SELECT count(*) FROM publication")[0].as<int>(), 0);
  const auto publish = Taken(session);
  EXPECT_EQ(publish.kind, TaskKind::kPublish);
  EXPECT_EQ(publish.output_folder, render.output_folder);
  EXPECT_EQ(publish.manifest.size(), 2U);
  EXPECT_EQ(publish.device_uuid, "");
  Commit(session, publish.attempt, Success());
  EXPECT_EQ(StateOf(job.job_id), JobState::kSucceeded);
  EXPECT_EQ(Ask("SELECT count(*) FROM publication WHERE frame IS NOT NULL")[0].as<int>(), 2);
  EXPECT_EQ(jobs().Frames(job.job_id, {})->rows.size(), 2U);
}

TEST_F(Farm, AnotherJobsPublishedFramesAreNotPublishedOver) {
  const auto session = Attached("w");
  const auto first = Submitted(Render("sh010"));
  EXPECT_TRUE(absl::IsFailedPrecondition(jobs().Submit(actor_, Render("sh010")).status())) << "it is about to";
  const auto render = Taken(session);
  EXPECT_TRUE(desk().ReportEvents(node_, render.attempt, {{1, 1.0, Frame(1001)}}).ok());
  Commit(session, render.attempt, Success({"f.1001.exr"}));
  Commit(session, Taken(session).attempt, Success());
  ASSERT_EQ(StateOf(first.job_id), JobState::kSucceeded);
  const auto refused = jobs().Submit(actor_, Render("sh010")).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_NE(refused.message().find("f.1001.exr"), std::string::npos);
  auto later = Render("sh010");
  later.facts.frames = {1100, 1101};
  EXPECT_TRUE(jobs().Submit(actor_, later).ok()) << "other frames of the same folder are free";
  EXPECT_TRUE(jobs().Submit(actor_, Render("sh020")).ok());
  auto replacing = Render("sh010");
  replacing.facts.replacement = scheduling::Replacement::kReplace;
  EXPECT_TRUE(jobs().Submit(actor_, replacing).ok());
}

// After a lost render attempt a second one renders the same frames into a folder of its own; only that one's manifest
// is published, whatever the first still sends.
TEST_F(Farm, OnlyTheCommittedAttemptIsPublished) {
  const auto session = Attached("w");
  const auto job = Submitted(Render("sh010"));
  const auto lost = Taken(session);
  EXPECT_TRUE(desk().ReportEvents(node_, lost.attempt, {{1, 1.0, Frame(1001)}, {2, 1.0, Frame(1002)}}).ok());
  EXPECT_EQ(*planning().Expire(Term(), *planning().LiveLeases()), 1);
  const auto render = Taken(session);
  EXPECT_TRUE(desk().ReportEvents(node_, render.attempt, {{1, 1.0, Frame(1001)}}).ok());
  EXPECT_EQ(Commit(session, lost.attempt, Success({"f.1001.exr", "f.1002.exr"})), scheduling::Disposition::kStale);
  Commit(session, render.attempt, Success({"f.1001.exr"}));
  const auto publish = Taken(session);
  EXPECT_EQ(publish.output_folder, "out:sh010/.interneg/" + render.attempt.key.task_id + ".2");
  EXPECT_EQ(publish.manifest.size(), 1U);
  Commit(session, publish.attempt, Success());
  EXPECT_EQ(StateOf(job.job_id), JobState::kSucceeded);
  EXPECT_EQ(Ask("SELECT min(attempt_no) FROM publication")[0].as<int>(), 2);
}

TEST_F(Farm, AFailedChunkLeavesThePublishedOnesAndAPartialJob) {
  const auto session = Attached("w", 2);
  auto request = Render("sh010");
  request.facts.chunk_frames = 5;
  const auto job = Submitted(request);
  EXPECT_EQ(job.tasks_total, 4);
  EXPECT_EQ(Claim(), 2);
  const auto offers = Offers(session);
  Commit(session, offers.at(0).attempt, Failure(FailureKind::kBadInput));
  Commit(session, offers.at(1).attempt, Success({"f.1006.exr"}));
  Commit(session, Taken(session).attempt, Success());
  EXPECT_EQ(StateOf(job.job_id), JobState::kPartial);
  const auto tasks = *jobs().Tasks(job.job_id);
  EXPECT_EQ(tasks.at(0).state, TaskState::kFailed);
  EXPECT_EQ(tasks.at(1).state, TaskState::kCancelled);
  EXPECT_EQ(jobs().Get(job.job_id)->tasks_done, 4);
}

TEST_F(Farm, ARenderTakesTheBestCheckpointOfItsTrainingAtTheClaim) {
  const auto session = Attached("w");
  const auto training = Submitted(Train());
  auto request = Render("sh010");
  request.facts.checkpoint_sha256.clear();
  request.facts.train_job_id = training.job_id;
  const auto render = Submitted(request);
  EXPECT_EQ(render.depends_on, std::vector<std::string>{training.job_id});
  const auto offer = Taken(session);
  const std::string best = NewHash();
  const std::string last = NewHash();
  Store(offer.attempt, best, "checkpoint");
  Store(offer.attempt, last, "checkpoint");
  EXPECT_TRUE(desk()
                  .ReportEvents(node_, offer.attempt,
                                {{1, 1.0, scheduling::CheckpointReport{best, 100, 10, 20, true, 3.0, ""}},
                                 {2, 1.0, scheduling::CheckpointReport{last, 100, 20, 20, false, 2.0, best}}})
                  .ok());
  Commit(session, offer.attempt, Success());
  EXPECT_EQ(Taken(session).checkpoint_sha256, best);
}

TEST_F(Farm, ATrainingBeginsWithTheModelThatItNames) {
  const auto session = Attached("w");
  auto request = Train();
  request.facts.checkpoint_sha256 = std::string(64, 'c');
  Submitted(request);
  const auto offer = Taken(session);
  EXPECT_EQ(offer.checkpoint_sha256, std::string(64, 'c'));
  EXPECT_EQ(offer.resume_sha256, "");
}

TEST_F(Farm, ATrainingThatBeginsWithAnotherWaitsForItAndTakesItsBestCheckpoint) {
  const auto session = Attached("w");
  const auto first = Submitted(Train());
  auto request = Train();
  request.facts.train_job_id = first.job_id;
  const auto second = Submitted(request);
  EXPECT_EQ(second.depends_on, std::vector<std::string>{first.job_id});
  const auto offer = Taken(session);
  const std::string best = NewHash();
  Store(offer.attempt, best, "checkpoint");
  EXPECT_TRUE(
      desk()
          .ReportEvents(node_, offer.attempt, {{1, 1.0, scheduling::CheckpointReport{best, 100, 10, 20, true, 3.0, ""}}})
          .ok());
  Commit(session, offer.attempt, Success());
  EXPECT_EQ(Taken(session).checkpoint_sha256, best);
}

TEST_F(Farm, ATrainingThatGoesOnNeedsNoMoreOfTheModelThatItBeganWith) {
  const auto session = Attached("w");
  const auto first = Submitted(Train());
  auto request = Train();
  request.facts.train_job_id = first.job_id;
  Submitted(request);
  const auto train_until = [&](const scheduling::Offer& offer, const scheduling::AttemptResult& result) {
    const std::string checkpoint = NewHash();
    Store(offer.attempt, checkpoint, "checkpoint");
    EXPECT_TRUE(desk()
                    .ReportEvents(node_, offer.attempt,
                                  {{1, 1.0, scheduling::CheckpointReport{checkpoint, 100, 10, 20, true, 3.0, ""}}})
                    .ok());
    Commit(session, offer.attempt, result);
    return checkpoint;
  };
  const std::string model = train_until(Taken(session), Success());
  const auto began = Taken(session);
  EXPECT_EQ(began.checkpoint_sha256, model);
  scheduling::AttemptResult preempted;
  preempted.outcome = scheduling::Outcome::kPreempted;
  const std::string reached = train_until(began, preempted);
  const auto again = Taken(session);
  EXPECT_EQ(again.resume_sha256, reached);
  EXPECT_EQ(again.checkpoint_sha256, model) << "a worker of an older version asks for it";
  const std::string further = train_until(again, preempted);
  Ask("DELETE FROM checkpoint WHERE sha256 = '" + model + "' RETURNING 1");
  const auto without = Taken(session);
  EXPECT_EQ(without.resume_sha256, further);
  EXPECT_EQ(without.checkpoint_sha256, "");
}

TEST_F(Farm, ATrainingThatGoesOnIsSentTheModelThatItNamesWhereTheStoreHasIt) {
  const auto session = Attached("w");
  auto request = Train();
  request.facts.checkpoint_sha256 = NewHash();
  Submitted(request);
  const auto began = Taken(session);
  const std::string reached = NewHash();
  Store(began.attempt, reached, "checkpoint");
  const scheduling::CheckpointReport report{reached, 100, 10, 20, true, 3.0, ""};
  EXPECT_TRUE(desk().ReportEvents(node_, began.attempt, {{1, 1.0, report}}).ok());
  scheduling::AttemptResult preempted;
  preempted.outcome = scheduling::Outcome::kPreempted;
  Commit(session, began.attempt, preempted);
  const auto without = Taken(session);
  EXPECT_EQ(without.resume_sha256, reached);
  EXPECT_EQ(without.checkpoint_sha256, "") << "the store never had it";
  Store(without.attempt, request.facts.checkpoint_sha256, "checkpoint");
  Commit(session, without.attempt, preempted);
  const auto with = Taken(session);
  EXPECT_EQ(with.resume_sha256, reached);
  EXPECT_EQ(with.checkpoint_sha256, request.facts.checkpoint_sha256);
}

TEST_F(Farm, ATrainingWhoseBeginningIsMissingFailsSayingSo) {
  const auto session = Attached("w");
  const auto first = Submitted(Train());
  auto request = Train();
  request.facts.train_job_id = first.job_id;
  const auto second = Submitted(request);
  Commit(session, Taken(session).attempt, Success());
  EXPECT_EQ(Claim(), 0);
  const auto job = *jobs().Get(second.job_id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_NE(job.failure->message.find("the training job has no checkpoint to begin with"), std::string::npos);
}

TEST_F(Farm, ARenderWhoseTrainingLeftNoCheckpointFailsSayingSo) {
  const auto session = Attached("w");
  const auto training = Submitted(Train());
  auto request = Render("sh010");
  request.facts.checkpoint_sha256.clear();
  request.facts.train_job_id = training.job_id;
  const auto render = Submitted(request);
  Commit(session, Taken(session).attempt, Success());
  EXPECT_EQ(Claim(), 0);
  const auto job = *jobs().Get(render.job_id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_NE(job.failure->message.find("the training job has no checkpoint to render with"), std::string::npos);
}

}  // namespace
}  // namespace interneg::storage
