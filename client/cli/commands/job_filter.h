// Options by which jobs are listed.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_JOB_FILTER_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_JOB_FILTER_H_

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"

namespace CLI {
class App;
}

namespace interneg::commands {

struct JobFilter {
  std::string project;
  std::string shot;
  std::vector<std::string> states;
  std::vector<std::string> kinds;
};

// Adds --project, --shot and --state.
void AddJobFilterOptions(CLI::App& command, JobFilter& filter);

// Prints the jobs, newest first; goes on with --watch. Errors: INVALID_ARGUMENT (a state or kind), as
// Context::ProjectId and JobService.ListJobs.
absl::StatusOr<ExitCode> PrintJobs(Context& context, const JobFilter& filter);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_JOB_FILTER_H_
