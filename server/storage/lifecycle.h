// How attempts, tasks and jobs move from state to state, within the caller's transaction. Whoever moves anything of a
// job holds the job's row (LockJob) first; the planner's claim alone does not, and skips what is locked.
#ifndef INTERNEG_SERVER_STORAGE_LIFECYCLE_H_
#define INTERNEG_SERVER_STORAGE_LIFECYCLE_H_

#include <optional>
#include <string>

#include <absl/status/statusor.h>

#include "server/scheduling/event_feed.h"
#include "server/scheduling/job.h"
#include "server/scheduling/retry.h"
#include "server/storage/context.h"

namespace interneg::storage {

struct LockedJob {
  std::string job_id;
  std::string project_id;
  scheduling::JobKind kind = scheduling::JobKind::kProbe;
  scheduling::JobState state = scheduling::JobState::kPending;
  scheduling::CancelWish wish = scheduling::CancelWish::kNone;
  int priority = 0;
};

// Locks the job's row until the end of the transaction. NOT_FOUND.
absl::StatusOr<LockedJob> LockJob(Transaction& transaction, const std::string& job_id);
// The same without waiting; nothing when somebody holds it.
std::optional<LockedJob> LockFreeJob(Transaction& transaction, const std::string& job_id);

// Pending → running; nothing when it runs already.
void StartJob(Transaction& transaction, LockedJob& job);

// Readies the tasks that wait for no other task, once the job waits for no other job.
void ReadyFirstTasks(Transaction& transaction, const std::string& job_id);

struct AttemptEnding {
  scheduling::AttemptKey key;
  scheduling::AttemptState state = scheduling::AttemptState::kFailed;
  // Set exactly when the state is kFailed.
  std::optional<scheduling::Failure> failure;
  bool partial = false;
  // Encoded; empty when the worker gave none.
  std::string result;
};

// Ends a live attempt, frees its device and does with its task, its job and the jobs that wait for it what follows.
// False when the attempt was not live any more; then nothing was changed.
bool EndAttempt(Context& context, Transaction& transaction, LockedJob& job, const AttemptEnding& ending);

// Wishes the job cancelled: ends what waits, tells what runs to stop. Nothing when the job has ended.
void CancelJob(Context& context, Transaction& transaction, LockedJob& job);

// Fails a pending job for a reason of its own (a dependency that did not succeed).
void FailPendingJob(Transaction& transaction, LockedJob& job, const scheduling::Failure& failure);

// Fails a ready task that cannot be offered to anybody. Nothing when it is not ready any more.
void FailReadyTask(Transaction& transaction, LockedJob& job, const std::string& task_id,
                   const scheduling::Failure& failure);

// Writes an event of the job; it gets its position after the commit.
void Publish(Transaction& transaction, const std::string& job_id, const scheduling::FeedBody& body);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_LIFECYCLE_H_
