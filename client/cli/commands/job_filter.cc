#include "client/cli/commands/job_filter.h"

#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/records.h"
#include "client/cli/job_words.h"

namespace interneg::commands {

void AddJobFilterOptions(CLI::App& command, JobFilter& filter) {
  command.add_option("--project", filter.project, "Only of this project [INTERNEG_PROJECT]")->type_name("NAME");
  command.add_option("--shot", filter.shot, "Only of this shot")->type_name("NAME");
  command.add_option("--state", filter.states, "pending, running, succeeded, partial, failed, cancelled")
      ->type_name("STATE")
      ->delimiter(',');
}

absl::StatusOr<ExitCode> PrintJobs(Context& context, const JobFilter& filter) {
  v1::ListJobsRequest request;
  request.set_shot(filter.shot);
  for (const std::string& word : filter.states) {
    const auto state = cli::ParseWord<v1::JobState>("--state", word);
    if (!state.ok()) return state.status();
    request.add_states(*state);
  }
  for (const std::string& word : filter.kinds) {
    const auto kind = cli::ParseWord<v1::JobKind>("--kind", word);
    if (!kind.ok()) return kind.status();
    request.add_kinds(*kind);
  }
  if (!filter.project.empty() || !context.settings().project.empty()) {
    const auto project = context.ProjectId(filter.project);
    if (!project.ok()) return project.status();
    request.set_project_id(*project);
  }
  return PrintOrWatchList(context, &v1::JobService::Stub::ListJobs, request, &v1::ListJobsResponse::mutable_jobs,
                          ListJobs);
}

}  // namespace interneg::commands
