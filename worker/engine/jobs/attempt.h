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

// Runs the task that the assignment names (unspecified: the one of the job's kind). `job_json` holds the document's
// very bytes. Throws what the jobs throw.
EngineResult RunTask(const JobContext& context, const JobSpec& job, const std::string& job_json,
                     const Assignment& assignment);

// Sends `started`, runs `work`, turns its exceptions into a failure, sends `result`, and returns the exit code. A lost
// lease sends no result. `Interrupted` ends as preempted.
int RunToResult(const JobContext& context, const std::function<EngineResult()>& work);

// "AVX-512 BF16 AMX, 2 threads, LibTorch 1.13.1".
std::string DeviceDescription(const model::Device& device, int threads);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ATTEMPT_H_
