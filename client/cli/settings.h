// Which server the client talks to and how, and what a project's jobs share: flag > INTERNEG_* variable > project file
// (.interneg.toml, in this folder or the nearest above) > user file (config.toml) > login (login.toml) > system file >
// local stack (local.toml).
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

// A value, and what to call it in messages ("ocio_config of /films/x/.interneg.toml").
struct NamedValue {
  std::string value;  // empty: not said
  std::string name;
};

// What stands for the built-in OCIO configuration where another would else be taken; a file of that name is ./builtin.
inline constexpr char kBuiltInConfig[] = "builtin";

// Colour settings of the jobs that are made here, for the options that a command is not given.
struct ColorDefaults {
  // `root:path`, where a plain path in a file starts from that file's folder; or kBuiltInConfig.
  NamedValue ocio_config;
  // Of that configuration: the same place says both, or this one goes before. Without a configuration it is the
  // built-in one's.
  NamedValue ocio_sha256;
  NamedValue domain;
  NamedValue working_space;  // checked and recorded; changes no pixel
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
  ColorDefaults color;
  // How long an unreachable server is tried again.
  std::chrono::duration<double> retry{30};
};

// Errors: INVALID_ARGUMENT (an unknown key or a value that does not parse; names file or variable).
absl::StatusOr<Settings> ResolveSettings(const SettingFlags& flags, const Environment& environment);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_SETTINGS_H_
