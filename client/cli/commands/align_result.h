// What the verbs of `align` have in common.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_ALIGN_RESULT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_ALIGN_RESULT_H_

#include <absl/status/status.h>

#include "client/cli/commands/stage_job.h"

namespace interneg::commands {

// The command that prints an alignment again.
inline constexpr const char* kAlignGet = "interneg align get";

// Prints the job's newest alignment. Errors: as FetchDocument and ReadDocument.
absl::Status ShowAlignment(Context& context, cli::Connection& connection, const v1::Job& job);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_ALIGN_RESULT_H_
