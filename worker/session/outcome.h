// What to report when an engine has ended.
#ifndef INTERNEG_WORKER_SESSION_OUTCOME_H_
#define INTERNEG_WORKER_SESSION_OUTCOME_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "interneg/v1/worker_session.pb.h"
#include "worker/supervision/engine_process.h"

namespace interneg::session {

// The engine's own word, where it gave one, stands. Otherwise: an engine that was stopped, or whose lease ran out, hands
// its work back (preempted); one that refused its documents or could not be executed failed; everything else crashed
// (no result, only how the process ended). `log_tail` is the end of what it wrote to stderr.
v1::Result ResultOf(const v1::AttemptRef& attempt, std::optional<v1::EngineResult> said,
                    const supervision::EngineEnd& end, const std::string& log_tail);

// For an attempt that ended without an engine: handed back, and why.
v1::Result HandedBack(const v1::AttemptRef& attempt, const std::string& why);

// For an attempt that this worker cannot carry out: what it could not fetch or keep.
v1::Result LocalFailure(const v1::AttemptRef& attempt, v1::FailureKind kind, const std::string& message,
                        const std::string& remedy);

// "succeeded", "partial", "failed", "preempted" or "crashed".
std::string OutcomeName(const v1::Result& result);

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_OUTCOME_H_
