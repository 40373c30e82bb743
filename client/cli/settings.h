// Which server the client talks to and how: flag > INTERNEG_* variable > project file (.interneg.toml, in this folder
// or the nearest above) > user file (config.toml) > login (login.toml) > system file > local stack (local.toml).
#ifndef INTERNEG_CLIENT_CLI_SETTINGS_H_
#define INTERNEG_CLIENT_CLI_SETTINGS_H_

#include <chrono>
#include <optional>
#include <string>

#include <absl/status/statusor.h>

#include "client/cli/environment.h"

namespace interneg::cli {

// What the command line said; empty: nothing.
struct SettingFlags {
  std::string server;
  std::string token_file;
  std::string ca_file;
  std::string output;
  std::string project;
};

struct Settings {
  std::string server;         // host:port or unix:path
  std::string server_origin;  // where that was said, for messages
  // At most one of these two. A file's token goes only to the server that the same file names, so that a project file
  // that names another server cannot draw somebody's token to it.
  std::string token;
  std::string token_file;
  std::string token_origin;
  // Empty: the system's certificates. Taken as the token is; a project file's only with that file's own token.
  std::string ca_file;
  std::string output;   // empty: table
  std::string project;  // empty: none by default
  // How long an unreachable server is tried again.
  std::chrono::duration<double> retry{30};
};

// Errors: INVALID_ARGUMENT (an unknown key or a value that does not parse; names file or variable).
absl::StatusOr<Settings> ResolveSettings(const SettingFlags& flags, const Environment& environment);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_SETTINGS_H_
