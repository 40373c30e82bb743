// What becomes of a task when an attempt of it has ended, and of a job when its tasks have.
#ifndef INTERNEG_SERVER_SCHEDULING_RETRY_H_
#define INTERNEG_SERVER_SCHEDULING_RETRY_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "server/scheduling/attempt.h"
#include "server/scheduling/state.h"

namespace interneg::scheduling {

struct RetrySettings {
  int most_retries = 3;
  std::chrono::milliseconds first_delay{2'000};
  std::chrono::milliseconds longest_delay{300'000};
  // Before a task is offered again after an offer came to nothing; keeps a lone, unwilling worker from a busy loop.
  std::chrono::milliseconds offer_delay{1'000};
  // Failures of one job on one worker after which the worker no longer gets that job while another could do it.
  int failures_to_exclude = 2;
  // Failures in a row, of any job, after which a worker is quarantined.
  int failures_to_quarantine = 8;
};

struct AttemptEnd {
  AttemptState state = AttemptState::kFailed;
  // Of a failed attempt.
  FailureKind failure = FailureKind::kInternal;
  // Retries that the task has spent before.
  int retries_spent = 0;
  bool cancel_requested = false;
};

enum class RetryCost { kFree, kSpent };
enum class Blame { kNobody, kWorker };

struct Aftermath {
  // kReady (again, after `delay`), kSucceeded, kFailed or kCancelled.
  TaskState task = TaskState::kFailed;
  std::chrono::milliseconds delay{0};
  RetryCost cost = RetryCost::kFree;
  Blame blame = Blame::kNobody;
};

// `jitter` is uniform in [0, 1): a back-off of d lasts between d/2 and d, d doubling with each retry spent.
Aftermath JudgeEnd(const AttemptEnd& end, const RetrySettings& settings, double jitter);

// What a worker's result makes of its attempt.
AttemptState EndState(Outcome outcome);

// Tasks of one job by final state; `partial` and `published` are among `succeeded`.
struct TaskCounts {
  int total = 0;
  int succeeded = 0;
  int partial = 0;
  int published = 0;
  int failed = 0;
  int cancelled = 0;
  friend bool operator==(const TaskCounts&, const TaskCounts&) = default;
};

enum class CancelWish { kNone, kRequested };

// The final state of the job, or nullopt while a task has none. A cancelled job whose tasks all succeeded in time has
// succeeded; a render of which only some chunks could be published is partial.
std::optional<JobState> Conclude(const TaskCounts& counts, CancelWish wish);

// Lower is sooner: the moment of readiness, moved ahead by `kAgeing` for each step of priority. Microseconds.
inline constexpr std::chrono::seconds kAgeing{60};
std::int64_t RankKey(std::chrono::microseconds ready_since_epoch, int priority);

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_RETRY_H_
