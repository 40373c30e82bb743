#include "client/cli/environment.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <string_view>

#include "client/cli/uuid.h"

namespace interneg::cli {
namespace {

int TerminalColumns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

std::string Environment::Get(const std::string& name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

std::filesystem::path Environment::ConfigFolder() const {
  if (const std::string xdg = Get("XDG_CONFIG_HOME"); !xdg.empty()) return std::filesystem::path(xdg) / "interneg";
  if (const std::string home = Get("HOME"); !home.empty()) return std::filesystem::path(home) / ".config" / "interneg";
  return {};
}

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  environment.working_folder = std::filesystem::current_path();
  environment.system_file = "/etc/interneg/config.toml";
  environment.out = &std::cout;
  environment.error = &std::cerr;
  environment.in = &std::cin;
  environment.in_is_terminal = isatty(STDIN_FILENO) != 0;
  environment.out_is_terminal = isatty(STDOUT_FILENO) != 0;
  environment.error_is_terminal = isatty(STDERR_FILENO) != 0;
  environment.terminal_columns = TerminalColumns();
  environment.wall_clock = [] { return std::chrono::system_clock::now(); };
  environment.steady_clock = [] { return std::chrono::steady_clock::now(); };
  environment.new_uuid = [] { return RandomUuid(); };
  return environment;
}

}  // namespace interneg::cli
