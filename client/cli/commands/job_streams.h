// Job output that comes as a stream: events and logs.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_JOB_STREAMS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_JOB_STREAMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/cli/commands/context.h"

namespace interneg::commands {

// Prints events until the jobs have ended: on a terminal as progress, in a pipe or with -o jsonl one line an event.
// Returns the jobs' outcome.
absl::StatusOr<ExitCode> WatchEvents(Context& context, const std::vector<std::string>& job_ids, std::uint64_t cursor);

enum class LogEnd { kStopAtEnd, kFollow };

// Prints log text as it is. A followed log whose connection breaks goes on where it ended.
absl::StatusOr<ExitCode> PrintLogs(Context& context, const std::string& job_id, LogEnd end);

// One event in one line, for people: `train  checkpoint at step 400 (best)`.
std::string EventText(const v1::WatchJobsResponse& event);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_JOB_STREAMS_H_
