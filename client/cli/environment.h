// Everything a command takes from the process around it, so that tests can hand in their own.
#ifndef INTERNEG_CLIENT_CLI_ENVIRONMENT_H_
#define INTERNEG_CLIENT_CLI_ENVIRONMENT_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>

namespace interneg::cli {

// The streams must outlive the environment. Used from one thread.
struct Environment {
  std::map<std::string, std::string> variables;
  std::filesystem::path working_folder;  // absolute
  // The machine's own settings; /etc/interneg/config.toml but in tests.
  std::filesystem::path system_file;
  std::ostream* out = nullptr;
  std::ostream* error = nullptr;
  std::istream* in = nullptr;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool error_is_terminal = false;
  int terminal_columns = 80;
  std::function<std::chrono::system_clock::time_point()> wall_clock;
  std::function<std::chrono::steady_clock::time_point()> steady_clock;
  std::function<std::string()> new_uuid;

  // Empty when the variable is unset or empty.
  std::string Get(const std::string& name) const;

  // $XDG_CONFIG_HOME/interneg, or ~/.config/interneg; empty when there is no home.
  std::filesystem::path ConfigFolder() const;
};

// Of this process.
Environment ProcessEnvironment();

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_ENVIRONMENT_H_
