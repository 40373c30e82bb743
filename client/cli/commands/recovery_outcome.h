// Reads what came out of a recovery from the server, and prints it.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_OUTCOME_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_OUTCOME_H_

#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "client/cli/commands/recovery_report.h"

namespace interneg::commands {

// The training that a render follows, what that one read and the probe before it, as the jobs themselves name them.
// INVALID_ARGUMENT when the job is no render of a training; besides, as JobService.GetJob.
absl::StatusOr<RecoveryOutcome> FindRecovery(const Context& context, cli::Connection& connection,
                                             const std::string& render_job_id);

// Fills in measures, artifacts, frames and the alignment of the outcome's jobs. Errors: as the services'.
absl::Status FetchOutcome(cli::Connection& connection, RecoveryOutcome& outcome);

// In the form that was asked for.
void PrintOutcome(const Context& context, const RecoveryOutcome& outcome);

// As a person would write the place of a render's frames.
std::string OutputForPeople(const Context& context, const std::string& path);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_OUTCOME_H_
