#include "worker/daemon/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace interneg::daemon {
namespace {

constexpr int kExitUsage = 2;

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? name.data() : "worker";
}

std::string EngineBesideOneself() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "interneg-engine" : (self.parent_path() / "interneg-engine").string();
}

std::string DefaultStateFolder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && state[0] == '/') {
    return absl::StrCat(state, "/interneg/worker");
  }
  const char* home = std::getenv("HOME");
  return home != nullptr ? absl::StrCat(home, "/.local/state/interneg/worker") : "/var/lib/interneg/worker";
}

// name=folder
absl::Status AddRoot(const std::string& text, std::map<std::string, std::string>& roots) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return absl::InvalidArgumentError(absl::StrCat("--root ", text, ": write it as name=/folder"));
  }
  const std::string name = text.substr(0, equals);
  const std::string folder = text.substr(equals + 1);
  std::error_code error;
  if (folder.empty() || folder[0] != '/' || !std::filesystem::is_directory(folder, error)) {
    return absl::InvalidArgumentError(absl::StrCat("--root ", name, ": '", folder,
                                                   "' is no folder on this machine; give an absolute path that exists"));
  }
  if (!roots.emplace(name, folder).second) {
    return absl::InvalidArgumentError(absl::StrCat("--root ", name, " is given twice; each root has one folder"));
  }
  return absl::OkStatus();
}

absl::Status Check(const std::vector<std::string>& roots, Options& out) {
  for (const std::string& root : roots) {
    if (auto status = AddRoot(root, out.roots); !status.ok()) return status;
  }
  if (access(out.engine.c_str(), X_OK) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--engine ", out.engine, " cannot be executed; give the path of interneg-engine"));
  }
  out.engine = std::filesystem::absolute(out.engine).string();
  out.state_folder = std::filesystem::absolute(out.state_folder).lexically_normal().string();
  while (out.state_folder.size() > 1 && out.state_folder.back() == '/') out.state_folder.pop_back();
  for (const std::string& folder : out.excluded_folders) {
    if (folder.empty() || folder[0] != '/') {
      return absl::InvalidArgumentError(absl::StrCat("--exclude ", folder, ": give an absolute path"));
    }
  }
  out.excluded_folders.push_back(out.state_folder);
  if (out.name.empty()) return absl::InvalidArgumentError("--name is empty; give the worker a name");
  return absl::OkStatus();
}

void AddServerOptions(CLI::App& app, Options& out) {
  app.add_option("--server", out.server, "Server to work for, host:port")->capture_default_str();
  app.add_option("--token-file", out.token_file, "File of mode 0600 with this worker's token");
  app.add_option("--tls-ca", out.tls_ca_file, "Certificate authority of the server (PEM); required off loopback");
  app.add_option("--tls-cert", out.tls_certificate_file, "This worker's certificate (PEM), for mutual TLS");
  app.add_option("--tls-key", out.tls_key_file, "Key of --tls-cert (PEM)");
}

void AddMachineOptions(CLI::App& app, Options& out, std::vector<std::string>& roots) {
  app.add_option("--name", out.name, "The worker's name, unique on the farm")->capture_default_str();
  app.add_option("--pool", out.pool, "Pool it belongs to")->capture_default_str();
  app.add_option("--tag", out.tags, "Tag that jobs may ask for; repeat for more");
  app.add_option("--root", roots, "Media root as name=/folder; repeat for more");
  app.add_option("--exclude", out.excluded_folders, "Folder that no root leads into, absolute; repeat for more");
  app.add_option("--engine", out.engine, "The interneg-engine program")->capture_default_str();
  app.add_option("--state-dir", out.state_folder, "Folder for spool, scratch files and cache")->capture_default_str();
  app.add_option("--cpu-slots", out.cpu_slots,
                 "Engines that may compute on the CPU at once (default: 1 without a GPU, else 0)");
}

}  // namespace

std::variant<Options, Exit> ParseOptions(int argc, const char* const* argv) {
  Options out;
  out.name = HostName();
  out.engine = EngineBesideOneself();
  out.state_folder = DefaultStateFolder();
  std::vector<std::string> roots;
  double cache_gib = 20;
  CLI::App app("Runs Interneg's engines on this machine for a server.", "interneg-worker");
  app.set_version_flag("--version", INTERNEG_VERSION);
  app.set_config("--config", "", "Configuration file (TOML), with these options' names");
  app.allow_config_extras(false);
  AddServerOptions(app, out);
  AddMachineOptions(app, out, roots);
  app.add_option("--cache-gib", cache_gib, "Size of the cache of downloaded checkpoints")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--stop-grace", out.stop_grace_seconds, "Seconds to hand work back in when stopped")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--metrics-listen", out.metrics_listen, "host:port to serve Prometheus metrics on (default: none)");
  app.add_option("--log-level", out.log_level, "What to write to stderr")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Exit{app.exit(error) == 0 ? 0 : kExitUsage};
  }
  out.cache_bytes = static_cast<std::uint64_t>(cache_gib * static_cast<double>(1ULL << 30));
  if (auto status = Check(roots, out); !status.ok()) {
    std::cerr << "interneg-worker: " << status.message() << '\n';
    return Exit{kExitUsage};
  }
  return out;
}

}  // namespace interneg::daemon
