#include "tests/server/storage/farm.h"

#include <random>

#include "server/storage/migrate.h"
#include "tests/support/postgres_cluster.h"

namespace interneg::storage {

using scheduling::AttemptRef;
using scheduling::JobRequest;
using scheduling::WorkerSession;

namespace {

// Migrated once a test program and then copied, which is many times faster.
const std::string& MigratedDatabase() {
  static const std::string connection = [] {
    const std::string made = testing::PostgresCluster::Shared().NewDatabase();
    const auto migrated = Migrate(made, BuiltInMigrations());
    if (!migrated.ok()) throw std::runtime_error(std::string(migrated.status().message()));
    return made;
  }();
  return connection;
}

}  // namespace

Farm::Farm() : Farm(std::random_device{}()) {}

Farm::Farm(std::uint64_t seed)
    : entropy_(seed),
      connection_(testing::PostgresCluster::Shared().NewDatabase(MigratedDatabase())) {
  DatabaseSettings settings;
  settings.connection = connection_;
  auto database = Database::Open(settings, {clock_, entropy_, bell_, observer_});
  if (!database.ok()) throw std::runtime_error(std::string(database.status().message()));
  database_ = std::move(*database);
  project_ = database_->catalog().CreateProject(actor_, NewId(), {"", "lab", "A Film", {}})->project_id;
}

JobRequest Farm::Train() {
  JobRequest request;
  request.request_id = NewId();
  request.project_id = project_;
  request.shot = "sh010";
  request.spec = R"({"schema":1,"train":{}})";
  request.spec_sha256 = std::string(64, 'a');
  request.facts.kind = scheduling::JobKind::kTrain;
  request.facts.roots = {"plates"};
  return request;
}

JobRequest Farm::Probe() {
  JobRequest request = Train();
  request.facts.kind = scheduling::JobKind::kProbe;
  return request;
}

JobRequest Farm::Render(const std::string& folder) {
  JobRequest request = Train();
  request.facts.kind = scheduling::JobKind::kRender;
  for (int frame = 1001; frame <= 1010; ++frame) request.facts.frames.push_back(frame);
  request.facts.chunk_frames = 10;
  request.facts.output_root = "out";
  request.facts.output_folder = folder;
  request.facts.output_name = "f.%04d.exr";
  request.facts.checkpoint_sha256 = std::string(64, 'c');
  return request;
}

scheduling::Job Farm::Submitted(const JobRequest& request) {
  const auto job = jobs().Submit(actor_, request);
  EXPECT_TRUE(job.ok()) << job.status();
  return job.value_or(scheduling::Job{});
}

scheduling::WorkerHello Farm::Hello(const std::string& name, int devices) {
  scheduling::WorkerHello hello;
  hello.name = name;
  hello.host = "host";
  hello.incarnation = "first";
  hello.job_schema = 1;
  hello.roots = {"plates", "out"};
  for (int i = 0; i < devices; ++i) {
    hello.devices.push_back({"cpu:" + name + ":" + std::to_string(i), scheduling::DeviceKind::kCpu, "CPU", 1 << 30, 2,
                             static_cast<std::uint32_t>(i)});
  }
  return hello;
}

WorkerSession Farm::Attached(const std::string& name, int devices) {
  const auto attachment = desk().Attach(node_, Hello(name, devices));
  EXPECT_TRUE(attachment.ok()) << attachment.status();
  return attachment.ok() ? attachment->session : WorkerSession{};
}

std::uint64_t Farm::Term() {
  const auto term = planning().HoldTerm("test", std::chrono::minutes(1));
  EXPECT_TRUE(term.ok() && *term) << term.status();
  return **term;
}

int Farm::Claim() {
  const auto report = planning().Claim(Term(), 500);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? report->claimed : 0;
}

std::vector<scheduling::Offer> Farm::Offers(const WorkerSession& session) {
  const auto boxes = desk().ReadOutboxes({session});
  EXPECT_TRUE(boxes.ok()) << boxes.status();
  return boxes.ok() ? boxes->at(0).offers : std::vector<scheduling::Offer>{};
}

scheduling::Offer Farm::Taken(const WorkerSession& session) {
  Claim();
  const auto offers = Offers(session);
  EXPECT_EQ(offers.size(), 1U);
  if (offers.empty()) return {};
  const auto standing = desk().Accept(session, offers[0].attempt);
  EXPECT_TRUE(standing.ok() && *standing == scheduling::Standing::kLive) << standing.status();
  return offers[0];
}

scheduling::Disposition Farm::Commit(const WorkerSession& session, const AttemptRef& attempt,
                                     const scheduling::AttemptResult& result) {
  const auto disposition = desk().Commit(session, attempt, result);
  EXPECT_TRUE(disposition.ok()) << disposition.status();
  return disposition.value_or(scheduling::Disposition::kStale);
}

void Farm::SkipBackOff() { Ask("WITH u AS (UPDATE task_delayed SET ready_at = now() RETURNING 1) SELECT count(*) FROM u"); }

void Farm::Store(const AttemptRef& attempt, const std::string& sha256, const std::string& kind) {
  const artifacts::Description description{sha256, 100, kind, "application/octet-stream", kind, {}};
  const artifacts::AttemptOwner owner{attempt.key.task_id, attempt.key.attempt_no, attempt.token};
  const auto begun = database_->artifact_catalog().BeginUpload(NewId(), node_.principal, owner, description);
  ASSERT_TRUE(begun.ok()) << begun.status();
  if (begun->complete) return;
  const auto committed =
      database_->artifact_catalog().CommitUpload(begun->upload.upload_id, [] { return absl::OkStatus(); });
  ASSERT_TRUE(committed.ok()) << committed;
}

scheduling::JobState Farm::StateOf(const std::string& job_id) {
  const auto job = jobs().Get(job_id);
  EXPECT_TRUE(job.ok()) << job.status();
  return job.ok() ? job->state : scheduling::JobState::kPending;
}

pqxx::row Farm::Ask(const std::string& sql) {
  pqxx::connection link(connection_);
  pqxx::work work(link);
  pqxx::row row = work.exec1(sql);
  work.commit();
  return row;
}

void Farm::Order() {
  while (database_->event_order().OrderEvents(1000).value_or(0) > 0) {
  }
}

scheduling::AttemptResult Farm::Success(const std::vector<std::string>& files) {
  scheduling::AttemptResult result;
  result.outcome = scheduling::Outcome::kSucceeded;
  for (const std::string& name : files) result.manifest.push_back({name, 10, std::string(64, 'f')});
  return result;
}

scheduling::AttemptResult Farm::Failure(scheduling::FailureKind kind) {
  scheduling::AttemptResult result;
  result.outcome = scheduling::Outcome::kFailed;
  result.failure = scheduling::Failure{kind, "frame 1007 is truncated", "restore it"};
  return result;
}

}  // namespace interneg::storage
