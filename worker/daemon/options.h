// What the daemon is told on the command line and in its configuration file.
#ifndef INTERNEG_WORKER_DAEMON_OPTIONS_H_
#define INTERNEG_WORKER_DAEMON_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace interneg::daemon {

struct Options {
  std::string server = "127.0.0.1:7600";
  std::string token_file;
  std::string tls_ca_file;
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::string name;
  std::string pool = "default";
  std::vector<std::string> tags;
  // Name → absolute folder.
  std::map<std::string, std::string> roots;
  // Absolute folders that no root leads into; the state folder is always one.
  std::vector<std::string> excluded_folders;
  std::string engine;
  std::string state_folder;
  std::optional<int> cpu_slots;
  std::uint64_t cache_bytes = 20ULL << 30;
  double stop_grace_seconds = 60;
  // host:port; empty: no metrics.
  std::string metrics_listen;
  std::string log_level = "info";
};

// The program is to end at once with this exit code; what there was to say has been printed.
struct Exit {
  int code = 0;
};

// Reads the command line and the file it names with --config (TOML). A command line that cannot be understood, a root
// that is no folder or an engine that cannot be executed is named on stderr, with the remedy; the exit code is then 2.
std::variant<Options, Exit> ParseOptions(int argc, const char* const* argv);

}  // namespace interneg::daemon

#endif  // INTERNEG_WORKER_DAEMON_OPTIONS_H_
