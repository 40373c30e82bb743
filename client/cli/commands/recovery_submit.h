// Carries a recovery's plan to the server.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_SUBMIT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_SUBMIT_H_

#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "client/cli/commands/recovery_plan.h"

namespace interneg::commands {

struct SubmittedRecovery {
  v1::DatasetVersion dataset;                         // once it is made
  std::vector<std::pair<std::string, v1::Job>> jobs;  // by part, in the plan's order
};

// Makes the project if it is missing, the media if they are new, and where the pairs are named the dataset version and
// the jobs; where they are to be found, the jobs up to the alignment. Every request carries an id derived from the
// plan's, so doing it again after a fault makes nothing twice. When a later job is refused, those before it are
// cancelled, with a note; but not under a request id of the caller's nor when trying again may help: then the note says
// how. Errors: as the services'; FAILED_PRECONDITION when the plan's request id stands for other frames.
absl::StatusOr<SubmittedRecovery> SubmitRecovery(Context& context, cli::Connection& connection, RecoveryPlan& plan);

// Once the alignment has ended: makes the dataset version of its pairs, and submits the training and the render. Where
// none that is held out can be used, the middle one of three or more is, with a note. Errors as SubmitRecovery;
// FAILED_PRECONDITION when fewer than two pairs are left.
absl::Status SubmitTraining(Context& context, cli::Connection& connection, RecoveryPlan& plan,
                            SubmittedRecovery& submitted);

// The project of that name; made, with a note, when there is none.
absl::StatusOr<v1::Project> FindOrCreateProject(Context& context, cli::Connection& connection, const std::string& name);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_SUBMIT_H_
