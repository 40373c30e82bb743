// One attempt from its documents to its result: which job, with what, and how it ended.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ATTEMPT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ATTEMPT_H_

#include <functional>
#include <string>

#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

// How the process ends (docs/decisions/0001): the result event says more.
inline constexpr int kExitSucceeded = 0;  // or preempted
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitPartial = 10;
inline constexpr int kExitLeaseLost = 75;
inline constexpr int kExitInterrupted = 130;  // stopped before the end, where no daemon hears of it by an event

// Runs the task that the assignment names (unspecified: the one of the job's kind). `job_json` holds the document's
// very bytes. Throws what the jobs throw.
EngineResult RunTask(const JobContext& context, const JobSpec& job, const std::string& job_json,
                     const Assignment& assignment);

// Who waits for the end: a daemon reads the result event, a shell only the exit code.
enum class Listener { kDaemon, kShell };
struct Ending {
  int exit_code = kExitFailed;
  EngineOutcome outcome = EngineOutcome::kUnspecified;  // unspecified for a lost lease
};

// Sends `started`, runs `work`, turns its exceptions into a failure, sends `result`, and returns how it ended. A lost
// lease sends no result. `Interrupted` ends as preempted: exit code 0 for a daemon, kExitInterrupted for a shell.
Ending RunToResult(const JobContext& context, Listener listener, const std::function<EngineResult()>& work);

// "AVX-512 BF16 AMX, 2 threads, LibTorch 1.13.1".
std::string DeviceDescription(const model::Device& device, int threads);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ATTEMPT_H_
