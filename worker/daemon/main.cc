// The worker daemon: builds every object in order, runs until it is told to stop.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"
#include "worker/daemon/instance_lock.h"
#include "worker/daemon/options.h"
#include "worker/daemon/worker_metrics.h"
#include "worker/session/session.h"

namespace interneg::daemon {
namespace {

constexpr int kExitFailure = 1;

std::shared_ptr<spdlog::logger> MakeLog(const std::string& level) {
  auto log = spdlog::stderr_color_mt("interneg-worker");
  log->set_level(spdlog::level::from_str(level));
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  return log;
}

// Engines need paths and locales, but none of this program's own settings or secrets.
std::vector<std::string> EngineEnvironment() {
  std::vector<std::string> out;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("INTERNEG_")) out.emplace_back(*variable);
  }
  // OpenMP's threads spin at barriers while they wait; on a machine with other work that multiplies a step's time by
  // three. libgomp reads this as it is loaded, so it must be there before the engine is.
  if (std::getenv("GOMP_SPINCOUNT") == nullptr && std::getenv("OMP_WAIT_POLICY") == nullptr) {
    out.emplace_back("GOMP_SPINCOUNT=0");
  }
  return out;
}

session::Random MakeRandom() {
  struct Source {
    std::mutex mutex;
    std::mt19937_64 engine{std::random_device{}()};
  };
  auto source = std::make_shared<Source>();
  return [source] {
    const std::lock_guard lock(source->mutex);
    return std::uniform_real_distribution<double>(0, 1)(source->engine);
  };
}

std::string MakeIncarnation() {
  std::random_device random;
  std::string out;
  for (int i = 0; i < 4; ++i) out += absl::StrCat(absl::Hex(random(), absl::kZeroPad8));
  return out;
}

session::SessionSettings Settings(const Options& options, spdlog::logger& log) {
  session::SessionSettings out;
  out.name = options.name;
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  out.host = host;
  out.incarnation = MakeIncarnation();
  out.version = INTERNEG_VERSION;
  out.pool = options.pool;
  out.tags = options.tags;
  out.engine.program = options.engine;
  out.engine.environment = EngineEnvironment();
  out.engine.roots = options.roots;
  out.engine.excluded_folders = options.excluded_folders;
  if (auto group = supervision::OwnControlGroupFolder(); group.ok()) {
    out.engine.supervisor.control_group_parent = *group;
  } else {
    log.info("engines run without a control group of their own: {}", std::string(group.status().message()));
  }
  return out;
}

// Threads inherit the mask, so that the signals reach the one that waits for them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

// A second signal ends the daemon at once; its engines go with it and the spool stays.
void WaitForStop(const sigset_t& signals) {
  int number = 0;
  while (sigwait(&signals, &number) != 0) {
  }
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

absl::Status Run(const Options& options, spdlog::logger& log, const sigset_t& stop_signals) {
  auto lock = InstanceLock::Take(options.state_folder);
  if (!lock.ok()) return lock.status();
  auto devices = supervision::DeviceInventory::Make({options.name, options.cpu_slots});
  if (!devices.ok()) return devices.status();
  auto connection = session::Connection::Open({options.server, options.token_file, options.tls_ca_file,
                                               options.tls_certificate_file, options.tls_key_file});
  if (!connection.ok()) return connection.status();
  spool::DiskStorage storage;
  auto opened = spool::Spool::Open(storage, options.state_folder + "/spool");
  if (!opened.ok()) return opened.status();
  for (const auto& [name, what] : opened->set_aside) log.error("spool: {} was set aside: {}", name, what);
  for (const auto& [name, what] : opened->damaged) log.error("spool: {} is damaged: {}", name, what);
  auto cache = spool::ArtifactCache::Open(storage, options.state_folder + "/cache", options.cache_bytes);
  if (!cache.ok()) return cache.status();
  WorkerMetrics metrics(INTERNEG_VERSION);
  if (!options.metrics_listen.empty()) {
    if (auto status = metrics.Listen(options.metrics_listen); !status.ok()) return status;
  }
  for (const auto& device : (*devices)->devices()) {
    log.info("device {}: {}, {} MiB, {} cores", device.uuid, device.model, device.memory_bytes >> 20, device.cpus.size());
  }
  if (!(*devices)->no_gpu_reason().empty()) log.info("no GPU: {}", (*devices)->no_gpu_reason());
  const supervision::SystemBootClock clock;
  session::WorkerSession session(
      {**connection, *opened->spool, **cache, **devices, clock, MakeRandom(), log, metrics}, Settings(options, log));
  session.Start();
  WaitForStop(stop_signals);
  log.info("stopping: engines are stopped and their work is handed back, within {:.0f} s", options.stop_grace_seconds);
  session.Stop(supervision::FromSeconds(options.stop_grace_seconds));
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  const auto parsed = ParseOptions(argc, argv);
  if (const auto* exit = std::get_if<Exit>(&parsed)) return exit->code;
  const auto& options = std::get<Options>(parsed);
  const sigset_t stop_signals = BlockStopSignals();
  // Orphans of engines come to this process and are reaped.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const auto log = MakeLog(options.log_level);
  if (auto status = Run(options, *log, stop_signals); !status.ok()) {
    std::cerr << "interneg-worker: " << status.message() << '\n';
    return kExitFailure;
  }
  log->info("stopped");
  return 0;
}

}  // namespace
}  // namespace interneg::daemon

int main(int argc, char** argv) { return interneg::daemon::Main(argc, argv); }
