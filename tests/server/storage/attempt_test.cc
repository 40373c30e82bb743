#include <thread>

#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::AttemptState;
using scheduling::Disposition;
using scheduling::FailureKind;
using scheduling::JobState;
using scheduling::LeaseSighting;
using scheduling::Renewal;
using scheduling::Standing;

TEST_F(Farm, TheSameResultAgainIsCommittedAndAnotherIsStale) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  EXPECT_EQ(Commit(session, offer.attempt, Success()), Disposition::kCommitted);
  EXPECT_EQ(Commit(session, offer.attempt, Success()), Disposition::kCommitted);
  EXPECT_EQ(Commit(session, offer.attempt, Failure(FailureKind::kCrash)), Disposition::kStale);
  EXPECT_EQ(StateOf(job.job_id), JobState::kSucceeded);
  EXPECT_EQ(Ask("SELECT count(*) FROM audit WHERE action = 'attempt.stale'")[0].as<int>(), 1);
}

TEST_F(Farm, AResultWithoutAnAcceptIsCommitted) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  Claim();
  EXPECT_EQ(Commit(session, Offers(session).at(0).attempt, Success()), Disposition::kCommitted);
  EXPECT_EQ(StateOf(job.job_id), JobState::kSucceeded);
}

TEST_F(Farm, AWrongTokenOrAnotherWorkerIsRefusedAndAudited) {
  const auto session = Attached("w");
  const auto other = Attached("other", 0);
  Submitted(Train());
  const auto offer = Taken(session);
  auto forged = offer.attempt;
  forged.token = std::string(64, '0');
  EXPECT_EQ(Commit(session, forged, Success()), Disposition::kStale);
  EXPECT_EQ(Commit(other, offer.attempt, Success()), Disposition::kStale);
  EXPECT_EQ(desk().ReportEvents(node_, forged, {})->standing, Standing::kStale);
  EXPECT_EQ(desk().ReportEvents({"intruder"}, offer.attempt, {})->standing, Standing::kStale);
  EXPECT_EQ(desk().ReportLog({"intruder"}, offer.attempt, 0, "x")->standing, Standing::kStale);
  EXPECT_EQ(desk().Renew({{session, {forged}, {}}})->at(0).stale.size(), 1U);
  EXPECT_EQ(Ask("SELECT count(*) FROM audit WHERE action = 'attempt.stale'")[0].as<int>(), 5);
  EXPECT_EQ(Commit(session, offer.attempt, Success()), Disposition::kCommitted);
}

TEST_F(Farm, AnExpiredLeaseIsLostAndRetriedAndItsResultIsStale) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  const auto leases = planning().LiveLeases();
  ASSERT_EQ(leases->size(), 1U);
  EXPECT_EQ(desk().Renew({{session, {offer.attempt}, {}}})->at(0).renewed.size(), 1U);
  EXPECT_EQ(*planning().Expire(Term(), *leases), 0) << "it was renewed after it was seen";
  EXPECT_EQ(*planning().Expire(Term(), *planning().LiveLeases()), 1);
  EXPECT_EQ(Commit(session, offer.attempt, Success()), Disposition::kStale);
  EXPECT_EQ(desk().Renew({{session, {offer.attempt}, {}}})->at(0).stale.size(), 1U);
  const auto again = Taken(session);
  EXPECT_EQ(again.attempt.key.attempt_no, 2U);
  EXPECT_NE(again.attempt.token, offer.attempt.token);
  EXPECT_EQ(Commit(session, again.attempt, Success()), Disposition::kCommitted);
  EXPECT_EQ(StateOf(job.job_id), JobState::kSucceeded);
  EXPECT_EQ(jobs().Tasks(job.job_id)->at(0).attempts.at(0).state, AttemptState::kLost);
}

TEST_F(Farm, AnOfferThatNobodyAcceptsExpires) {
  const auto session = Attached("w");
  Submitted(Train());
  Claim();
  const auto offer = Offers(session).at(0);
  EXPECT_EQ(*planning().Expire(Term(), *planning().LiveLeases()), 1);
  EXPECT_EQ(*desk().Accept(session, offer.attempt), Standing::kStale);
  EXPECT_EQ(Ask("SELECT state FROM attempt")[0].as<std::string>(), "expired");
}

// A worker whose share went away between the claim and its hello must not be offered what reads that share.
TEST_F(Farm, AnOfferWhoseRootsAreGoneAtTheNextHelloExpiresFreeOfCharge) {
  const auto first = Attached("w", 2);
  const auto lost = Submitted(Train());
  auto probe = Probe();
  probe.facts.roots = {"out"};
  const auto kept = Submitted(probe);
  Claim();
  ASSERT_EQ(Offers(first).size(), 2U);
  auto hello = Hello("w", 2);
  hello.roots = {"out"};
  const auto again = desk().Attach(node_, hello);
  ASSERT_TRUE(again.ok()) << again.status();
  const auto offers = Offers(again->session);
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0].job_id, kept.job_id);
  const auto task = jobs().Tasks(lost.job_id)->at(0);
  EXPECT_EQ(task.attempts.at(0).state, AttemptState::kExpired);
  EXPECT_EQ(task.state, scheduling::TaskState::kReady);
  EXPECT_EQ(Ask("SELECT retries FROM task WHERE job_id = '" + lost.job_id + "'")[0].as<int>(), 0);
}

// The leader's row is held meanwhile: it must not wait once for each lease of a job that somebody else holds.
TEST_F(Farm, ALockedJobDelaysTheExpiryOfNoOther) {
  Attached("w", 10);
  auto render = Render("a");
  render.facts.chunk_frames = 1;
  const auto held = Submitted(render);
  const auto other = Submitted(Probe());
  Claim();
  const auto leases = planning().LiveLeases();
  ASSERT_EQ(leases->size(), 11U);
  pqxx::connection link(connection_);
  pqxx::work hung(link);
  hung.exec("SELECT 1 FROM job WHERE job_id = '" + held.job_id + "' FOR UPDATE");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(*planning().Expire(Term(), *leases), 1);
  // Two waits of 0.2 s for each of ten leases were 4 s.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  EXPECT_EQ(jobs().Tasks(other.job_id)->at(0).attempts.at(0).state, AttemptState::kExpired);
}

TEST_F(Farm, ALowerSessionEpochIsFenced) {
  const auto old = Attached("w");
  Submitted(Train());
  const auto offer = Taken(old);
  const auto hello = Hello("w");
  auto again = hello;
  again.running = {offer.attempt};
  const auto attachment = desk().Attach(node_, again);
  ASSERT_TRUE(attachment.ok()) << attachment.status();
  EXPECT_EQ(attachment->live.size(), 1U);
  EXPECT_TRUE(absl::IsFailedPrecondition(desk().Commit(old, offer.attempt, Success()).status()));
  EXPECT_EQ(desk().Renew({{old, {offer.attempt}, {}}})->at(0).session, Renewal::Session::kFenced);
  EXPECT_EQ(desk().ReadOutboxes({old})->at(0).session, Renewal::Session::kFenced);
  EXPECT_EQ(Commit(attachment->session, offer.attempt, Success()), Disposition::kCommitted);
}

TEST_F(Farm, ARestartedDaemonLosesWhatItDoesNotName) {
  const auto old = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(old);
  auto hello = Hello("w");
  hello.incarnation = "second";
  const auto attachment = desk().Attach(node_, hello);
  ASSERT_TRUE(attachment.ok()) << attachment.status();
  EXPECT_TRUE(attachment->live.empty());
  const auto again = Taken(attachment->session);
  EXPECT_EQ(again.attempt.key.attempt_no, 2U);
  EXPECT_EQ(jobs().Tasks(job.job_id)->at(0).attempts.at(0).state, AttemptState::kLost);
  hello.unacknowledged = {offer.attempt};
  hello.running = {again.attempt};
  const auto third = desk().Attach(node_, hello);
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->live, std::vector<scheduling::AttemptRef>{again.attempt});
  EXPECT_EQ(third->stale, std::vector<scheduling::AttemptRef>{offer.attempt});
  EXPECT_TRUE(absl::IsPermissionDenied(desk().Attach({"intruder"}, Hello("w")).status()));
}

TEST_F(Farm, FailuresRetryWithBackOffUntilTheyAreSpent) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(StateOf(job.job_id), i == 0 ? JobState::kPending : JobState::kRunning);
    Commit(session, Taken(session).attempt, Failure(FailureKind::kCrash));
    EXPECT_EQ(Claim(), 0) << "backing off";
    SkipBackOff();
  }
  EXPECT_EQ(StateOf(job.job_id), JobState::kFailed);
  EXPECT_EQ(jobs().Tasks(job.job_id)->at(0).attempts.size(), 4U);
}

TEST_F(Farm, AWorkerThatFailedAJobIsExcludedFromItAndOneThatFailsEverythingIsQuarantined) {
  const auto a = Attached("a");
  for (int i = 0; i < 2; ++i) {
    if (i == 0) Submitted(Train());
    Commit(a, Taken(a).attempt, Failure(FailureKind::kCrash));
    SkipBackOff();
  }
  const auto b = Attached("b", 1);
  Claim();
  EXPECT_TRUE(Offers(a).empty());
  ASSERT_EQ(Offers(b).size(), 1U);
  Commit(b, Offers(b).at(0).attempt, Success());
  ASSERT_TRUE(desk().Drain(actor_, "b").ok());
  for (int jobs_failed = 1; jobs_failed < 8; ++jobs_failed) {
    Submitted(Train());
    Commit(a, Taken(a).attempt, Failure(FailureKind::kOutOfMemory));
  }
  EXPECT_EQ(desk().GetWorker("a")->state, scheduling::WorkerState::kQuarantined);
  Submitted(Train());
  EXPECT_EQ(Claim(), 0);
}

TEST_F(Farm, AJobThatFailsEverywhereQuarantinesNobody) {
  const auto a = Attached("a");
  for (int tries = 0; tries < 3; ++tries) {
    const auto job = Submitted(Train());
    Commit(a, Taken(a).attempt, Failure(FailureKind::kStorage));
    for (int again = 0; again < 3; ++again) {
      SkipBackOff();
      Commit(a, Taken(a).attempt, Failure(FailureKind::kStorage));
    }
    EXPECT_EQ(StateOf(job.job_id), JobState::kFailed);
  }
  EXPECT_EQ(desk().GetWorker("a")->state, scheduling::WorkerState::kOnline) << "three jobs failed, with twelve attempts";
}

TEST_F(Farm, ASessionEndsWithItsToken) {
  const auto session = Attached("w");
  Submitted(Train());
  const auto offer = Taken(session);
  const auto token = database_->tokens().Create(
      actor_, {NewId(), NewHash(), "node", scheduling::Role::kWorker, "", clock_.Now() + std::chrono::hours(1)});
  ASSERT_TRUE(token.ok()) << token.status();
  scheduling::Heartbeat heartbeat{session, {offer.attempt}, {}, token->token_id};
  EXPECT_EQ(desk().Renew({heartbeat})->at(0).session, Renewal::Session::kCurrent);
  ASSERT_TRUE(database_->tokens().Revoke(actor_, token->token_id).ok());
  const auto after = desk().Renew({heartbeat});
  EXPECT_EQ(after->at(0).session, Renewal::Session::kTokenOver);
  EXPECT_TRUE(after->at(0).renewed.empty());
  EXPECT_TRUE(absl::IsUnauthenticated(database_->tokens().RequireStanding(token->token_id)));
}

TEST_F(Farm, ADaemonOfAConnectedNameIsRefusedFromAnotherMachine) {
  Attached("w");
  auto clone = Hello("w");
  clone.host = "elsewhere";
  clone.incarnation = "clone";
  const auto refused = desk().Attach(node_, clone);
  EXPECT_TRUE(absl::IsAlreadyExists(refused.status())) << refused.status();
  Ask("UPDATE worker_heartbeat SET seen_at = now() - interval '1 hour' RETURNING 1");
  EXPECT_TRUE(desk().Attach(node_, clone).ok()) << "the first has been silent for longer than its lease";
}

// A transaction that hangs with one attempt's row must not keep the others from being renewed.
TEST_F(Farm, ARowInOtherHandsIsNeitherRenewedNorStale) {
  const auto session = Attached("w", 2);
  Submitted(Train());
  Submitted(Train());
  Claim();
  const auto offers = Offers(session);
  ASSERT_EQ(offers.size(), 2U);
  pqxx::connection other(connection_);
  pqxx::work hung(other);
  hung.exec("SELECT 1 FROM attempt WHERE task_id = '" + offers[0].attempt.key.task_id + "' FOR UPDATE");
  const auto renewal = desk().Renew({{session, {offers[0].attempt, offers[1].attempt}, {}}})->at(0);
  ASSERT_EQ(renewal.renewed.size(), 1U);
  EXPECT_EQ(renewal.renewed[0].key.task_id, offers[1].attempt.key.task_id);
  EXPECT_TRUE(renewal.stale.empty());
}

TEST_F(Farm, APreemptedTrainingGoesOnFromItsNewestCommittedCheckpoint) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  EXPECT_EQ(offer.resume_sha256, "");
  const std::string first = NewHash();
  const std::string second = NewHash();
  const std::string third = NewHash();
  Store(offer.attempt, first, "checkpoint");
  const std::vector<scheduling::AttemptEvent> events = {
      {1, 0.1, scheduling::CheckpointReport{first, 100, 10, 100, true, 30.0, ""}},
      {2, 0.2, scheduling::CheckpointReport{second, 100, 20, 100, false, 29.0, first}},
      {3, 0.3, scheduling::CheckpointReport{third, 100, 30, 100, false, 28.0, second}}};
  EXPECT_EQ(desk().ReportEvents(node_, offer.attempt, events)->stored_sequence, 3U);
  EXPECT_EQ(desk().ReportEvents(node_, offer.attempt, events)->stored_sequence, 3U);
  Store(offer.attempt, second, "checkpoint");  // after its event; the third never arrives
  scheduling::AttemptResult preempted;
  preempted.outcome = scheduling::Outcome::kPreempted;
  Commit(session, offer.attempt, preempted);
  const auto again = Taken(session);
  EXPECT_EQ(again.resume_sha256, second);
  EXPECT_EQ(jobs().Get(job.job_id)->best_checkpoint_sha256, first);
  EXPECT_TRUE(database_->artifact_catalog().FindReadable(second, artifacts::ReadsAsWorker{"node"}).ok());
  EXPECT_TRUE(absl::IsNotFound(
      database_->artifact_catalog().FindReadable(second, artifacts::ReadsAsWorker{"intruder"}).status()));
  EXPECT_EQ(Ask("SELECT retries FROM task")[0].as<int>(), 0);
}

// Upload and event of a checkpoint travel separately and may end at the same moment; neither order may leave it staged.
TEST_F(Farm, ACheckpointCountsHoweverItsUploadAndItsEventMeet) {
  const auto session = Attached("w");
  Submitted(Train());
  const auto offer = Taken(session);
  for (std::uint32_t i = 1; i <= 20; ++i) {
    const std::string hash = NewHash();
    std::thread upload([&] { Store(offer.attempt, hash, "checkpoint"); });
    EXPECT_TRUE(
        desk().ReportEvents(node_, offer.attempt, {{i, 0.1, scheduling::CheckpointReport{hash, 100, i, 20, false, {}, ""}}})
            .ok());
    upload.join();
  }
  EXPECT_EQ(Ask("SELECT count(*) FROM checkpoint WHERE state = 'committed'")[0].as<int>(), 20);
}

TEST_F(Farm, AdjustmentsReachTheRunningAttemptUntilItReportsThem) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  scheduling::Adjustment change;
  change.learning_rate = 0.5;
  EXPECT_EQ(*jobs().Adjust(actor_, job.job_id, change), 1U);
  const auto offer = Taken(session);
  auto box = desk().ReadOutboxes({session})->at(0);
  ASSERT_EQ(box.adjustments.size(), 1U);
  EXPECT_EQ(box.adjustments[0].second.learning_rate, 0.5);
  EXPECT_TRUE(desk().ReportEvents(node_, offer.attempt, {{1, 1.0, scheduling::AdjustedReport{1, 40, "rate"}}}).ok());
  EXPECT_TRUE(desk().ReadOutboxes({session})->at(0).adjustments.empty());
  EXPECT_EQ(Ask("SELECT applied_step FROM adjustment")[0].as<int>(), 40);
  EXPECT_TRUE(absl::IsInvalidArgument(jobs().Adjust(actor_, job.job_id, {}).status()));
  Commit(session, offer.attempt, Success());
  EXPECT_TRUE(absl::IsFailedPrecondition(jobs().Adjust(actor_, job.job_id, change).status()));
}

TEST_F(Farm, LogsAreStoredOnceByOffsetAndReadOn) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  const auto offer = Taken(session);
  EXPECT_EQ(desk().ReportLog(node_, offer.attempt, 0, "one\n")->stored_bytes, 4U);
  EXPECT_EQ(desk().ReportLog(node_, offer.attempt, 0, "one\ntwo\n")->stored_bytes, 8U);
  EXPECT_EQ(desk().ReportLog(node_, offer.attempt, 20, "gap")->stored_bytes, 8U);
  scheduling::LogCursor cursor;
  std::string text;
  const auto parts = jobs().ReadLogs(job.job_id, cursor);
  ASSERT_TRUE(parts.ok()) << parts.status();
  for (const auto& part : *parts) text += part.text;
  EXPECT_EQ(text, "one\ntwo\n");
  EXPECT_TRUE(jobs().ReadLogs(job.job_id, cursor)->empty());
}

}  // namespace
}  // namespace interneg::storage
