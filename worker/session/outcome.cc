#include "worker/session/outcome.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace interneg::session {
namespace {

// docs/decisions/0001-engine-contract.md, "Exit codes".
constexpr int kExitUsage = 2;
constexpr int kExitLeaseRanOut = 75;

std::string LastLine(const std::string& text) {
  const absl::string_view stripped = absl::StripTrailingAsciiWhitespace(text);
  const std::size_t newline = stripped.rfind('\n');
  return std::string(newline == absl::string_view::npos ? stripped : stripped.substr(newline + 1));
}

}  // namespace

v1::Result HandedBack(const v1::AttemptRef& attempt, const std::string& why) {
  v1::Result out;
  *out.mutable_attempt() = attempt;
  out.mutable_result()->set_outcome(v1::ENGINE_OUTCOME_PREEMPTED);
  out.set_process_end(why);
  return out;
}

v1::Result LocalFailure(const v1::AttemptRef& attempt, v1::FailureKind kind, const std::string& message,
                        const std::string& remedy) {
  v1::Result out;
  *out.mutable_attempt() = attempt;
  out.mutable_result()->set_outcome(v1::ENGINE_OUTCOME_FAILED);
  v1::EngineFailure* failure = out.mutable_result()->mutable_failure();
  failure->set_kind(kind);
  failure->set_message(message);
  failure->set_remedy(remedy);
  return out;
}

v1::Result ResultOf(const v1::AttemptRef& attempt, std::optional<v1::EngineResult> said,
                    const supervision::EngineEnd& end, const std::string& log_tail) {
  v1::Result out;
  *out.mutable_attempt() = attempt;
  if (said && said->outcome() != v1::ENGINE_OUTCOME_UNSPECIFIED) {
    *out.mutable_result() = std::move(*said);
    return out;
  }
  const std::string how = end.Describe();
  if (!end.start_error.empty()) {
    return LocalFailure(attempt, v1::FAILURE_KIND_INTERNAL, how, "check --engine of this worker");
  }
  if (end.stop_cause != supervision::StopCause::kNone) return HandedBack(attempt, how);
  if (end.exit_code == kExitLeaseRanOut) return HandedBack(attempt, absl::StrCat(how, ": its lease ran out"));
  if (end.exit_code == kExitUsage) {
    return LocalFailure(attempt, v1::FAILURE_KIND_BAD_INPUT,
                        absl::StrCat("the engine refused its documents: ", LastLine(log_tail)),
                        "see the job's log; the worker's engine may be older than the job");
  }
  out.set_process_end(how);
  return out;
}

std::string OutcomeName(const v1::Result& result) {
  switch (result.result().outcome()) {
    case v1::ENGINE_OUTCOME_SUCCEEDED: return "succeeded";
    case v1::ENGINE_OUTCOME_PARTIAL: return "partial";
    case v1::ENGINE_OUTCOME_FAILED: return "failed";
    case v1::ENGINE_OUTCOME_PREEMPTED: return "preempted";
    default: return "crashed";
  }
}

}  // namespace interneg::session
