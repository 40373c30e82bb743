#include "server/stack.h"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "server/artifacts/file_store.h"
#include "server/artifacts/garbage.h"
#include "server/artifacts/uploads.h"
#include "server/http/http_server.h"
#include "server/local_credentials.h"
#include "server/metrics/metrics.h"
#include "server/metrics_observer.h"
#include "server/rpc/artifact_handlers.h"
#include "server/rpc/dataset_handlers.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/job_handlers.h"
#include "server/rpc/job_watch.h"
#include "server/rpc/media_handlers.h"
#include "server/rpc/project_handlers.h"
#include "server/rpc/session_hub.h"
#include "server/rpc/token_handlers.h"
#include "server/rpc/worker_handlers.h"
#include "server/scheduling/planner.h"
#include "server/small_file.h"
#include "server/storage/database.h"
#include "server/storage/migrate.h"

namespace interneg::server {
namespace {

constexpr std::size_t kMostWaitingCalls = 4'096;
constexpr std::chrono::minutes kGarbageInterval{60};
// Beyond the lease, before an attempt is given up.
constexpr std::chrono::milliseconds kLeaseGrace{5'000};

void LogFailure(const absl::Status& status) {
  spdlog::warn("{}", status.ToString());
}

// Runs a garbage collection now and then, until destroyed.
class Housekeeping {
 public:
  Housekeeping(artifacts::Catalog& catalog, const artifacts::FileStore& files) : catalog_(catalog), files_(files) {
    thread_ = std::thread([this] { Run(); });
  }
  ~Housekeeping() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kGarbageInterval, [this] { return stopping_; })) {
      lock.unlock();
      const auto done = artifacts::CollectGarbage(catalog_, files_, {}, std::chrono::system_clock::now());
      if (!done.ok()) LogFailure(done.status());
      if (done.ok() && !done->trouble.ok()) LogFailure(done->trouble);
      lock.lock();
    }
  }

  artifacts::Catalog& catalog_;
  const artifacts::FileStore& files_;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

std::string HolderName() {
  char host[256] = {};
  ::gethostname(host, sizeof(host) - 1);
  // Containers share host names and numbers of processes.
  scheduling::SystemEntropy entropy;
  return fmt::format("{}:{}:{}", host, ::getpid(), scheduling::NewSecret(entropy).substr(0, 8));
}

storage::DatabaseSettings DatabaseSettingsOf(const Options& options) {
  storage::DatabaseSettings settings;
  settings.connection = options.database;
  settings.connections = options.database_connections;
  settings.lease = options.lease;
  return settings;
}

scheduling::PlannerSettings PlannerSettingsOf(const Options& options) {
  scheduling::PlannerSettings settings;
  settings.holder = HolderName();
  settings.lease_silence = options.lease + kLeaseGrace;
  return settings;
}

rpc::SessionSettings SessionSettingsOf(const Options& options) {
  rpc::SessionSettings settings;
  settings.lease = options.lease;
  settings.heartbeat_interval = options.lease / 5;
  return settings;
}

// The store must be the one that the database's rows speak of.
absl::Status RequireOwnStore(const artifacts::FileStore& files, artifacts::Catalog& catalog, const std::string& folder,
                             const std::string& new_id) {
  auto marker = files.Marker(new_id);
  if (!marker.ok()) return marker.status();
  auto expected = catalog.StoreMarker(*marker);
  if (!expected.ok()) return expected.status();
  if (*expected == *marker) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("--artifact-dir: {} holds the store {}, but this database belongs to the store {}; mount or name the "
                  "right folder",
                  folder, *marker, *expected));
}

absl::StatusOr<rpc::TlsTexts> ReadTls(const Options& options) {
  rpc::TlsTexts texts;
  for (const auto& [file, text] :
       {std::pair<const std::string&, std::string&>{options.tls_cert_file, texts.certificate},
        {options.tls_key_file, texts.key},
        {options.tls_client_ca_file, texts.client_ca}}) {
    if (file.empty()) continue;
    auto read = ReadSmallFile(file);
    if (!read.ok()) return read.status();
    text = *std::move(read);
  }
  return texts;
}

}  // namespace

// In the order of their making; Stop goes backwards.
struct Stack::Parts {
  explicit Parts(const Options& chosen) : options(chosen) {}

  absl::Status OpenStores();
  absl::Status Serve();
  void FillTable();

  const Options options;
  scheduling::SystemClock clock;
  scheduling::SystemEntropy entropy;
  scheduling::Bell bell;
  metrics::Metrics metrics{INTERNEG_VERSION, &std::chrono::steady_clock::now};
  MetricsObserver observer{metrics};
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<artifacts::FileStore> files;
  std::unique_ptr<artifacts::Uploads> uploads;
  std::unique_ptr<rpc::Gate> gate;
  std::unique_ptr<rpc::WorkPool> pool;
  std::unique_ptr<rpc::Waker> waker;
  std::unique_ptr<rpc::SessionHub> hub;
  rpc::MethodTable table;
  std::unique_ptr<rpc::CallRoom> room;
  std::unique_ptr<scheduling::EventOrderer> orderer;
  std::unique_ptr<scheduling::Planner> planner;
  std::unique_ptr<Housekeeping> housekeeping;
  std::unique_ptr<rpc::GrpcServer> grpc;
  std::unique_ptr<http::HttpServer> http;
};

absl::Status Stack::Parts::OpenStores() {
  auto opened = storage::Database::Open(DatabaseSettingsOf(options), {clock, entropy, bell, observer});
  if (!opened.ok()) return opened.status();
  database = *std::move(opened);
  auto store = artifacts::FileStore::Open(options.artifact_dir);
  if (!store.ok()) return store.status();
  files = std::make_unique<artifacts::FileStore>(*std::move(store));
  auto& catalog = database->artifact_catalog();
  if (auto s = RequireOwnStore(*files, catalog, options.artifact_dir, scheduling::NewId(clock.Now(), entropy));
      !s.ok()) {
    return s;
  }
  uploads = std::make_unique<artifacts::Uploads>(catalog, *files, artifacts::UploadLimits(),
                                                 [this] { return scheduling::NewId(clock.Now(), entropy); });
  if (options.credentials_dir.empty()) return absl::OkStatus();
  return EnsureLocalCredentials(options.credentials_dir, database->tokens(), clock, entropy);
}

void Stack::Parts::FillTable() {
  rpc::AddProjectMethods(database->catalog(), *gate, table);
  rpc::AddMediaMethods(database->catalog(), *gate, table);
  rpc::AddDatasetMethods(database->catalog(), database->artifact_catalog(), *gate, table);
  rpc::AddJobMethods(database->jobs(), database->artifact_catalog(), *gate, table);
  rpc::AddWatchMethods(database->jobs(), database->events(), clock, *gate, table);
  rpc::AddWorkerMethods(database->sessions(), database->jobs(), table);
  rpc::AddSessionMethods(database->sessions(), *hub, table);
  rpc::AddArtifactMethods(database->artifact_catalog(), *files, *uploads, database->jobs(), *gate, table);
  rpc::AddTokenMethods(database->tokens(), clock, entropy, table);
}

absl::Status Stack::Parts::Serve() {
  auto tls = ReadTls(options);
  if (!tls.ok()) return tls.status();
  gate = std::make_unique<rpc::Gate>(database->tokens(), clock);
  pool = std::make_unique<rpc::WorkPool>(options.threads, kMostWaitingCalls);
  waker = std::make_unique<rpc::Waker>(bell, *pool);
  hub = std::make_unique<rpc::SessionHub>(database->sessions(), bell, SessionSettingsOf(options));
  FillTable();
  room = std::make_unique<rpc::CallRoom>(rpc::CallRoom{table, *gate, metrics, *pool, *waker});

  orderer = std::make_unique<scheduling::EventOrderer>(database->event_order(), bell, LogFailure);
  planner = std::make_unique<scheduling::Planner>(database->planning(), bell, clock, observer,
                                                  PlannerSettingsOf(options), LogFailure);
  housekeeping = std::make_unique<Housekeeping>(database->artifact_catalog(), *files);
  orderer->Start();
  planner->Start();

  auto grpc_started = rpc::GrpcServer::Start({options.listen, *tls, options.largest_request_bytes, 8 << 20}, *room);
  if (!grpc_started.ok()) return grpc_started.status();
  grpc = *std::move(grpc_started);
  http::HttpSettings http_settings;
  http_settings.address = options.http_listen;
  http_settings.certificate_file = options.tls_cert_file;
  http_settings.key_file = options.tls_key_file;
  http_settings.largest_request_bytes = static_cast<std::size_t>(options.largest_request_bytes);
  auto http_started = http::HttpServer::Start(http_settings, *room, [this] { return database->Ping(); });
  if (!http_started.ok()) return http_started.status();
  http = *std::move(http_started);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Stack>> Stack::Start(const Options& options) {
  if (options.migrations != Options::Migrations::kLeave) {
    if (auto migrated = MigrateDatabase(options); !migrated.ok()) return migrated;
  }
  std::unique_ptr<Stack> stack(new Stack(std::make_unique<Parts>(options)));
  if (auto opened = stack->parts_->OpenStores(); !opened.ok()) return opened;
  if (auto serving = stack->parts_->Serve(); !serving.ok()) return serving;
  return stack;
}

Stack::Stack(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Stack::~Stack() {
  Stop();
}

int Stack::grpc_port() const {
  return parts_->grpc->port();
}

int Stack::http_port() const {
  return parts_->http->port();
}

void Stack::Stop() {
  Parts& parts = *parts_;
  if (parts.planner) parts.planner->Stop();
  parts.housekeeping.reset();
  if (parts.waker) parts.waker->Stop();
  if (parts.hub) parts.hub->Stop();
  if (parts.http) parts.http->Stop();
  if (parts.grpc) parts.grpc->Stop();
  if (parts.pool) parts.pool->Stop();
  if (parts.orderer) parts.orderer->Stop();
}

absl::Status MigrateDatabase(const Options& options) {
  auto report = storage::Migrate(options.database, storage::BuiltInMigrations());
  if (!report.ok()) return report.status();
  spdlog::info("database schema {} ({} migrations applied)", report->version, report->applied);
  return absl::OkStatus();
}

}  // namespace interneg::server
