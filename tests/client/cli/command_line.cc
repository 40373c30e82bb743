#include "tests/client/cli/command_line.h"

#include <fmt/format.h>

#include "client/cli/commands/command_table.h"

namespace interneg::cli {

CommandLine::CommandLine() {
  environment.working_folder = folder.path();
  environment.system_file = folder.path() / "none.toml";
  environment.variables = {{"XDG_CONFIG_HOME", (folder.path() / "config").string()},
                           {"INTERNEG_SERVER", server.address()},
                           {"INTERNEG_TOKEN", "secret"},
                           {"INTERNEG_RETRY_SECONDS", "20"}};
  environment.wall_clock = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000)); };
  environment.steady_clock = [] { return std::chrono::steady_clock::time_point(); };
  environment.new_uuid = [this] { return fmt::format("00000000-0000-4000-8000-{:012}", ++ids_); };
}

Outcome CommandLine::Run(const std::vector<std::string>& arguments) {
  std::stringstream out;
  Outcome outcome = RunInto(out, arguments);
  outcome.out = out.str();
  return outcome;
}

Outcome CommandLine::RunInto(std::ostream& out, const std::vector<std::string>& arguments) {
  std::stringstream error, in(typed);
  environment.out = &out;
  environment.error = &error;
  environment.in = &in;
  const ExitCode code = commands::RunCommandLine(arguments, environment, interruption);
  return {code, "", error.str()};
}

}  // namespace interneg::cli
