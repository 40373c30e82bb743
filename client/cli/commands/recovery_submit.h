// Carries a recovery's plan to the server.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_SUBMIT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_SUBMIT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "client/cli/commands/recovery_plan.h"

namespace interneg::commands {

struct SubmittedRecovery {
  std::optional<v1::DatasetVersion> dataset;          // where the pairs were named
  std::vector<std::pair<std::string, v1::Job>> jobs;  // by part, in the plan's order; the render is the last
};

// Makes the project if it is missing, the media if they are new, the dataset version where the plan has one, and the
// jobs. Every request carries an id derived from the plan's, so doing it again after a fault makes nothing twice.
// When a later job is refused, those before it are cancelled, with a note; but not under a request id of the caller's
// nor when trying again may help: then the note says how. Errors: as the services'; FAILED_PRECONDITION when the plan's
// request id stands for other frames.
absl::StatusOr<SubmittedRecovery> SubmitRecovery(Context& context, cli::Connection& connection, RecoveryPlan plan);

// The project of that name; made, with a note, when there is none.
absl::StatusOr<v1::Project> FindOrCreateProject(Context& context, cli::Connection& connection, const std::string& name);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_SUBMIT_H_
