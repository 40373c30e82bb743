// interneg-server: the scheduler, its API, the artifact store, /healthz and /metrics.
#include <csignal>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "server/options.h"
#include "server/small_file.h"
#include "server/stack.h"

namespace {

using interneg::server::EarlyEnd;
using interneg::server::Options;
using interneg::server::Stack;

constexpr int kFailure = 1;
constexpr int kUsage = 2;

void SetUpLog(const std::string& level) {
  auto logger = spdlog::stderr_logger_mt("server");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

// Before any thread is made, so that all of them leave the signals to WaitForEnd.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int Fail(const absl::Status& status, int code) {
  spdlog::error("{}", std::string(status.message()));
  return code;
}

int Run(const Options& options, const sigset_t& signals) {
  if (options.migrations == Options::Migrations::kOnly) {
    const auto migrated = interneg::server::MigrateDatabase(options);
    return migrated.ok() ? 0 : Fail(migrated, kFailure);
  }
  auto stack = Stack::Start(options);
  if (!stack.ok()) return Fail(stack.status(), kFailure);
  spdlog::info("listening: gRPC {}, HTTP {}", (*stack)->grpc_port(), (*stack)->http_port());
  if (!options.port_file.empty()) {
    const auto written = interneg::server::WriteSmallFile(
        options.port_file, fmt::format("grpc={}\nhttp={}\n", (*stack)->grpc_port(), (*stack)->http_port()));
    if (!written.ok()) return Fail(written, kFailure);
  }
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  (*stack)->Stop();
  spdlog::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const sigset_t signals = BlockEndSignals();
  EarlyEnd early_end;
  const auto options = interneg::server::ReadOptions(argc, argv, early_end);
  SetUpLog(options.ok() ? options->log_level : "info");
  if (absl::IsCancelled(options.status())) return early_end.exit_code;
  if (!options.ok()) return Fail(options.status(), kUsage);
  return Run(*options, signals);
}
