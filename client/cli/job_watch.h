// Following jobs through lost connections.
#ifndef INTERNEG_CLIENT_CLI_JOB_WATCH_H_
#define INTERNEG_CLIENT_CLI_JOB_WATCH_H_

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/connection.h"
#include "client/cli/exit_code.h"

namespace interneg::cli {

enum class Watching { kGoOn, kStop };

// Takes one event; kStop ends the watch.
using EventHandler = std::function<Watching(const v1::WatchJobsResponse&)>;

// Gives `handler` every event of the jobs from `cursor` on, each once and in order, until all have ended. A stream that
// breaks is opened again after the last event that was seen; the server is given Settings::retry to come back, anew
// after every event. Errors: CANCELLED (Ctrl-C), DEADLINE_EXCEEDED (`timeout`, counted from the call), UNAVAILABLE,
// NOT_FOUND, UNAUTHENTICATED.
absl::Status WatchJobs(Connection& connection, const std::vector<std::string>& job_ids, std::uint64_t cursor,
                       std::optional<std::chrono::duration<double>> timeout, const EventHandler& handler);

// When waiting for several jobs is over. Of jobs that follow from one another, one that failed decides the rest.
enum class WaitEnd { kAllEnded, kFirstFailure };

// The jobs as they are then; `handler` sees every event. Errors: as WatchJobs.
absl::StatusOr<std::map<std::string, v1::Job>> WaitForJobs(
    Connection& connection, const std::vector<std::string>& job_ids,
    std::optional<std::chrono::duration<double>> timeout, WaitEnd end,
    const std::function<void(const v1::WatchJobsResponse&)>& handler);

// kJobFailed when one failed or was cancelled, else kJobPartial when one is partial, else kOk.
ExitCode OutcomeOf(const std::map<std::string, v1::Job>& jobs);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_JOB_WATCH_H_
