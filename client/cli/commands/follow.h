// Waiting for jobs in front of a person.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_FOLLOW_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_FOLLOW_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/commands/context.h"
#include "client/cli/job_watch.h"

namespace interneg::commands {

struct FollowedJob {
  std::string job_id;
  std::string label;  // empty: the job's kind
};

// Shows progress until all have ended, or as `end` says. On Ctrl-C says that the jobs go on and how to cancel, and
// returns CANCELLED. DEADLINE_EXCEEDED after `timeout`.
absl::StatusOr<std::map<std::string, v1::Job>> Follow(Context& context, cli::Connection& connection,
                                                      const std::vector<FollowedJob>& jobs,
                                                      std::optional<std::chrono::duration<double>> timeout,
                                                      cli::WaitEnd end = cli::WaitEnd::kAllEnded);

// Sends a job. What the server refuses is said in the names of the command line's options.
absl::StatusOr<v1::Job> SubmitJob(cli::Connection& connection, const v1::SubmitJobRequest& request);

// Sends a job and prints its record (its id with --parsable); with --wait follows it and returns its outcome.
// --dry-run prints the request instead and needs no server.
absl::StatusOr<ExitCode> SubmitAndMaybeWait(Context& context, v1::SubmitJobRequest request);

// The option's text when it is a UUID, a new one when it is empty; INVALID_ARGUMENT otherwise.
absl::StatusOr<std::string> RequestId(const Context& context, const std::string& option);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_FOLLOW_H_
