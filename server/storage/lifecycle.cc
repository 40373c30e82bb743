#include "server/storage/lifecycle.h"

#include "server/storage/event_codec.h"

namespace interneg::storage {
namespace {

using scheduling::AttemptState;
using scheduling::Bell;
using scheduling::CancelWish;
using scheduling::Failure;
using scheduling::FailureKind;
using scheduling::JobState;
using scheduling::TaskKind;
using scheduling::TaskState;

// NO KEY, so that rows that refer to the job can still be inserted meanwhile.
constexpr Statement kLockJob = {
    "lock_job",
    "SELECT job_id, project_id, kind, state, cancel_requested_at IS NOT NULL AS cancelled, priority "
    "FROM job WHERE job_id = $1::uuid FOR NO KEY UPDATE"};
constexpr Statement kLockFreeJob = {
    "lock_free_job",
    "SELECT job_id, project_id, kind, state, cancel_requested_at IS NOT NULL AS cancelled, priority "
    "FROM job WHERE job_id = $1::uuid FOR NO KEY UPDATE SKIP LOCKED"};
constexpr Statement kStartJob = {
    "start_job",
    "UPDATE job SET state = 'running', started_at = now() WHERE job_id = $1::uuid AND state = 'pending'"};
constexpr Statement kReadyFirst = {
    "ready_first_tasks",
    "WITH moved AS (UPDATE task SET state = 'ready', ready_at = now() "
    "  WHERE job_id = $1::uuid AND state = 'blocked' AND waits_for_task_id IS NULL "
    "  RETURNING task_id, requirement_id, job_id, ordinal) "
    "INSERT INTO task_ready (task_id, requirement_id, rank_key, job_id) "
    "SELECT m.task_id, m.requirement_id, "
    "  (extract(epoch FROM now()) * 1000000)::bigint + j.priority * $2::bigint + m.ordinal, m.job_id "
    "FROM moved m JOIN job j USING (job_id)"};
constexpr Statement kEndAttempt = {
    "end_attempt",
    "UPDATE attempt a SET state = $3::text, ended_at = now(), result = NULLIF($4, '')::jsonb, partial = $5::boolean, "
    "  failure_kind = NULLIF($6, ''), failure_message = CASE WHEN $6 = '' THEN NULL ELSE $7 END, "
    "  failure_remedy = CASE WHEN $6 = '' THEN NULL ELSE $8 END "
    "FROM worker w WHERE a.task_id = $1::uuid AND a.attempt_no = $2::integer AND a.state IN ('offered', 'running') "
    "  AND w.worker_id = a.worker_id "
    "RETURNING a.device_uuid, a.reserved_bytes, a.worker_id, w.name AS worker, "
    "  extract(epoch FROM now() - coalesce(a.accepted_at, a.offered_at))::double precision AS seconds"};
constexpr Statement kFreeDevice = {
    "free_device",
    "UPDATE device SET reserved_slots = reserved_slots - 1, reserved_bytes = reserved_bytes - $2::bigint "
    "WHERE uuid = $1"};
constexpr Statement kForgetProgress = {
    "forget_progress", "DELETE FROM attempt_progress WHERE task_id = $1::uuid AND attempt_no = $2::integer"};
constexpr Statement kTaskOfEnd = {
    "task_of_end", "SELECT kind, retries FROM task WHERE task_id = $1::uuid FOR NO KEY UPDATE"};
constexpr Statement kMoveTask = {
    "move_task",
    "UPDATE task SET state = $2::text, retries = retries + $3::integer, partial = $4::boolean, "
    "  ended_at = CASE WHEN $2::text IN ('succeeded', 'failed', 'cancelled') THEN now() END, "
    "  ready_at = CASE WHEN $2::text = 'ready' THEN now() + $5::double precision * interval '1 second' END "
    "WHERE task_id = $1::uuid AND state = 'running'"};
constexpr Statement kReadyNow = {
    "ready_task_now",
    "INSERT INTO task_ready (task_id, requirement_id, rank_key, job_id, preferred_worker_id) "
    "SELECT t.task_id, t.requirement_id, (extract(epoch FROM t.ready_at) * 1000000)::bigint + j.priority * $2::bigint, "
    "  t.job_id, t.preferred_worker_id FROM task t JOIN job j USING (job_id) WHERE t.task_id = $1::uuid"};
constexpr Statement kReadyLater = {
    "ready_task_later",
    "INSERT INTO task_delayed (task_id, job_id, ready_at) SELECT task_id, job_id, ready_at FROM task "
    "WHERE task_id = $1::uuid"};
constexpr Statement kCount = {
    "count_tasks",
    "UPDATE job SET tasks_succeeded = tasks_succeeded + $2::integer, tasks_partial = tasks_partial + $3::integer, "
    "  tasks_published = tasks_published + $4::integer, tasks_failed = tasks_failed + $5::integer, "
    "  tasks_cancelled = tasks_cancelled + $6::integer WHERE job_id = $1::uuid "
    "RETURNING tasks_total, tasks_succeeded, tasks_partial, tasks_published, tasks_failed, tasks_cancelled"};
constexpr Statement kBlameJob = {
    "blame_job",
    "UPDATE job SET failure_kind = $2, failure_message = $3, failure_remedy = $4 "
    "WHERE job_id = $1::uuid AND failure_kind IS NULL"};
constexpr Statement kEndJob = {
    "end_job",
    "UPDATE job SET state = $2::text, ended_at = now() WHERE job_id = $1::uuid AND state IN ('pending', 'running')"};
constexpr Statement kReadyPublish = {
    "ready_publish",
    "UPDATE task SET state = 'ready', ready_at = now(), source_attempt_no = $2::integer, "
    "  preferred_worker_id = $3::uuid WHERE waits_for_task_id = $1::uuid AND state = 'blocked' RETURNING task_id"};
constexpr Statement kCancelPublish = {
    "cancel_publish",
    "UPDATE task SET state = 'cancelled', ended_at = now() "
    "WHERE waits_for_task_id = $1::uuid AND state = 'blocked' RETURNING task_id"};
constexpr Statement kRecordPublication = {
    "record_publication",
    "INSERT INTO publication (output_root, output_folder, file_name, output_name, frame, size_bytes, sha256, job_id, "
    "  task_id, attempt_no) "
    "SELECT j.output_root, j.output_folder, f.name, j.output_name, r.frame, f.size, f.sha256, j.job_id, a.task_id, "
    "  a.attempt_no "
    "FROM task p JOIN job j USING (job_id) "
    "JOIN attempt a ON a.task_id = p.waits_for_task_id AND a.attempt_no = p.source_attempt_no "
    "CROSS JOIN LATERAL jsonb_to_recordset(a.result -> 'manifest') AS f(name text, size bigint, sha256 text) "
    "LEFT JOIN rendered_frame r ON r.task_id = a.task_id AND r.attempt_no = a.attempt_no AND r.file_name = f.name "
    "WHERE p.task_id = $1::uuid "
    "ON CONFLICT ON CONSTRAINT publication_pkey DO UPDATE SET output_name = EXCLUDED.output_name, "
    "  frame = EXCLUDED.frame, size_bytes = EXCLUDED.size_bytes, sha256 = EXCLUDED.sha256, job_id = EXCLUDED.job_id, "
    "  task_id = EXCLUDED.task_id, attempt_no = EXCLUDED.attempt_no, published_at = now()"};
constexpr Statement kRecordFailure = {
    "record_failure",
    "INSERT INTO job_worker_record (job_id, worker_id, failures, rejections) "
    "VALUES ($1::uuid, $2::uuid, $3::integer, $4::integer) "
    "ON CONFLICT ON CONSTRAINT job_worker_record_pkey DO UPDATE "
    "SET failures = job_worker_record.failures + EXCLUDED.failures, "
    "  rejections = job_worker_record.rejections + EXCLUDED.rejections RETURNING failures"};
constexpr Statement kBlameWorker = {
    "blame_worker",
    "UPDATE worker SET failures_in_a_row = failures_in_a_row + 1, "
    "  quarantined_at = CASE WHEN failures_in_a_row + 1 >= $2::integer THEN coalesce(quarantined_at, now()) "
    "                        ELSE quarantined_at END WHERE worker_id = $1::uuid"};
constexpr Statement kPraiseWorker = {
    "praise_worker",
    "UPDATE worker SET failures_in_a_row = 0 WHERE worker_id = $1::uuid AND failures_in_a_row > 0"};
constexpr Statement kReleaseDependents = {
    "release_dependents",
    "UPDATE job SET unmet_dependencies = unmet_dependencies - 1 WHERE state = 'pending' AND job_id IN "
    "  (SELECT job_id FROM job_dependency WHERE needs_job_id = $1::uuid) RETURNING job_id, unmet_dependencies"};
constexpr Statement kPendingDependents = {
    "pending_dependents",
    "SELECT d.job_id FROM job_dependency d JOIN job j ON j.job_id = d.job_id "
    "WHERE d.needs_job_id = $1::uuid AND j.state = 'pending' ORDER BY d.job_id"};
constexpr Statement kDropReady = {"drop_ready", "DELETE FROM task_ready WHERE job_id = $1::uuid"};
constexpr Statement kDropDelayed = {"drop_delayed", "DELETE FROM task_delayed WHERE job_id = $1::uuid"};
constexpr Statement kCancelWaiting = {
    "cancel_waiting",
    "UPDATE task SET state = 'cancelled', ended_at = now() "
    "WHERE job_id = $1::uuid AND state IN ('blocked', 'ready', 'paused') RETURNING task_id"};
constexpr Statement kWishCancelled = {
    "wish_cancelled",
    "UPDATE job SET cancel_requested_at = coalesce(cancel_requested_at, now()) WHERE job_id = $1::uuid"};
constexpr Statement kOfferedOfJob = {
    "offered_of_job",
    "SELECT task_id, attempt_no FROM attempt WHERE job_id = $1::uuid AND state = 'offered' FOR NO KEY UPDATE"};
constexpr Statement kStopRunning = {
    "stop_running",
    "UPDATE attempt SET stop_reason = 'cancelled' WHERE job_id = $1::uuid AND state = 'running'"};
constexpr Statement kDropTask = {"drop_ready_task",
                                 "DELETE FROM task_ready WHERE task_id = $1::uuid RETURNING task_id"};
constexpr Statement kFailReady = {"fail_ready_task",
                                  "UPDATE task SET state = 'failed', ended_at = now() WHERE task_id = $1::uuid AND "
                                  "state = 'ready' RETURNING task_id"};
constexpr Statement kPublishEvent = {
    "publish_events",
    "INSERT INTO event_inbox (job_id, kind, body) SELECT job_id, kind, body::jsonb "
    "FROM ROWS FROM (jsonb_to_recordset($1::jsonb) "
    "  AS (job_id uuid, kind text, body text)) WITH ORDINALITY AS x(job_id, kind, body, no) ORDER BY no"};

long long AgeingPerPriority() { return scheduling::RankKey(std::chrono::microseconds(0), 1); }

scheduling::TaskCounts Count(Transaction& transaction, const std::string& job_id, const scheduling::TaskCounts& more) {
  const auto row = transaction.Run(kCount, job_id, more.succeeded, more.partial, more.published, more.failed,
                                   more.cancelled)[0];
  return {row[0].as<int>(), row[1].as<int>(), row[2].as<int>(), row[3].as<int>(), row[4].as<int>(), row[5].as<int>()};
}

void BlameJob(Transaction& transaction, const std::string& job_id, const Failure& failure) {
  transaction.Run(kBlameJob, job_id, std::string(Name(failure.kind)), failure.message, failure.remedy);
}

void EndJob(Transaction& transaction, LockedJob& job, JobState state);

void FailDependents(Transaction& transaction, const LockedJob& job) {
  for (const auto& row : transaction.Run(kPendingDependents, job.job_id)) {
    auto dependent = LockJob(transaction, Text(row["job_id"]));
    if (!dependent.ok() || dependent->state != JobState::kPending) continue;
    FailPendingJob(transaction, *dependent,
                   {FailureKind::kBadInput,
                    "job " + job.job_id + ", which this one needs, has ended " + std::string(Name(job.state)),
                    "mend and submit that job again, then this one"});
  }
}

void ReleaseDependents(Transaction& transaction, const LockedJob& job) {
  for (const auto& row : transaction.Run(kReleaseDependents, job.job_id)) {
    if (row["unmet_dependencies"].as<int>() == 0) ReadyFirstTasks(transaction, Text(row["job_id"]));
  }
}

void EndJob(Transaction& transaction, LockedJob& job, JobState state) {
  if (state == JobState::kSucceeded || state == JobState::kPartial) StartJob(transaction, job);
  transaction.Run(kEndJob, job.job_id, std::string(Name(state)));
  job.state = state;
  Publish(transaction, job.job_id, scheduling::JobChange{state});
  if (state == JobState::kSucceeded) {
    ReleaseDependents(transaction, job);
  } else {
    FailDependents(transaction, job);
  }
}

// Adds to the job's counters, and ends it when no task is left.
void Settle(Transaction& transaction, LockedJob& job, const scheduling::TaskCounts& more) {
  const auto counts = Count(transaction, job.job_id, more);
  if (scheduling::IsFinal(job.state)) return;
  if (const auto state = scheduling::Conclude(counts, job.wish)) EndJob(transaction, job, *state);
}

// A render's committed files become ready to be published; those of a failed one never will.
void FollowRender(Transaction& transaction, const AttemptEnding& ending, TaskState task, const std::string& worker_id,
                  scheduling::TaskCounts& more) {
  if (task != TaskState::kSucceeded) {
    more.cancelled += static_cast<int>(transaction.Run(kCancelPublish, ending.key.task_id).size());
    return;
  }
  for (const auto& row : transaction.Run(kReadyPublish, ending.key.task_id, ending.key.attempt_no, worker_id)) {
    transaction.Run(kReadyNow, Text(row["task_id"]), AgeingPerPriority());
  }
}

void FollowFinal(Transaction& transaction, LockedJob& job, const AttemptEnding& ending, TaskKind kind, TaskState task,
                 const std::string& worker_id) {
  scheduling::TaskCounts more;
  if (task == TaskState::kSucceeded) {
    more.succeeded = 1;
    more.partial = ending.partial ? 1 : 0;
    more.published = kind == TaskKind::kPublish ? 1 : 0;
    if (kind == TaskKind::kPublish) transaction.Run(kRecordPublication, ending.key.task_id);
  } else if (task == TaskState::kFailed) {
    more.failed = 1;
    if (ending.failure) BlameJob(transaction, job.job_id, *ending.failure);
  } else {
    more.cancelled = 1;
  }
  if (kind == TaskKind::kRender) FollowRender(transaction, ending, task, worker_id, more);
  Settle(transaction, job, more);
}

void RecordConduct(Context& context, Transaction& transaction, const LockedJob& job, const AttemptEnding& ending,
                   const std::string& worker_id, scheduling::Blame blame) {
  if (blame == scheduling::Blame::kWorker) {
    const auto record = transaction.Run(kRecordFailure, job.job_id, worker_id, 1, 0);
    // A job that fails everywhere must not close the farm: each job counts once against a worker.
    if (record[0][0].as<int>() == 1) transaction.Run(kBlameWorker, worker_id, context.retry.failures_to_quarantine);
  } else if (ending.state == AttemptState::kRejected || ending.state == AttemptState::kExpired) {
    transaction.Run(kRecordFailure, job.job_id, worker_id, 0, 1);
  } else if (ending.state == AttemptState::kSucceeded) {
    transaction.Run(kPraiseWorker, worker_id);
  }
}

LockedJob ReadLocked(const pqxx::row& row) {
  return {Text(row["job_id"]),
          Text(row["project_id"]),
          Named<scheduling::JobKind>(row["kind"]),
          Named<JobState>(row["state"]),
          row["cancelled"].as<bool>() ? CancelWish::kRequested : CancelWish::kNone,
          row["priority"].as<int>()};
}

}  // namespace

absl::StatusOr<LockedJob> LockJob(Transaction& transaction, const std::string& job_id) {
  const auto rows = transaction.Run(kLockJob, job_id);
  if (rows.empty()) return NotFound("job", job_id);
  return ReadLocked(rows[0]);
}

std::optional<LockedJob> LockFreeJob(Transaction& transaction, const std::string& job_id) {
  const auto rows = transaction.Run(kLockFreeJob, job_id);
  if (rows.empty()) return std::nullopt;
  return ReadLocked(rows[0]);
}

void StartJob(Transaction& transaction, LockedJob& job) {
  if (job.state != JobState::kPending) return;
  transaction.Run(kStartJob, job.job_id);
  job.state = JobState::kRunning;
  Publish(transaction, job.job_id, scheduling::JobChange{JobState::kRunning});
}

void ReadyFirstTasks(Transaction& transaction, const std::string& job_id) {
  transaction.Run(kReadyFirst, job_id, AgeingPerPriority());
  transaction.Ring(Bell::kPlan);
}

bool EndAttempt(Context& context, Transaction& transaction, LockedJob& job, const AttemptEnding& ending) {
  const Failure failure = ending.failure.value_or(Failure{});
  const std::string failure_kind = ending.failure ? std::string(Name(failure.kind)) : std::string();
  const auto ended = transaction.Run(kEndAttempt, ending.key.task_id, ending.key.attempt_no,
                                     std::string(Name(ending.state)), ending.result, ending.partial, failure_kind,
                                     failure.message, failure.remedy);
  if (ended.empty()) return false;
  const auto row = ended[0];
  if (!row["device_uuid"].is_null()) {
    transaction.Run(kFreeDevice, Text(row["device_uuid"]), row["reserved_bytes"].as<long long>());
  }
  transaction.Run(kForgetProgress, ending.key.task_id, ending.key.attempt_no);
  Publish(transaction, job.job_id,
          scheduling::AttemptView{ending.key, job.job_id, ending.state, Text(row["worker"]), ending.failure});

  const auto task = transaction.Run(kTaskOfEnd, ending.key.task_id)[0];
  const auto kind = Named<TaskKind>(task["kind"]);
  const auto aftermath = scheduling::JudgeEnd(
      {ending.state, failure.kind, task["retries"].as<int>(), job.wish == CancelWish::kRequested}, context.retry,
      scheduling::NextUnit(context.around.entropy));
  const std::string worker_id = Text(row["worker_id"]);
  const double delay = std::chrono::duration<double>(aftermath.delay).count();
  transaction.Run(kMoveTask, ending.key.task_id, std::string(Name(aftermath.task)),
                  aftermath.cost == scheduling::RetryCost::kSpent ? 1 : 0, ending.partial, delay);
  RecordConduct(context, transaction, job, ending, worker_id, aftermath.blame);
  if (aftermath.task != TaskState::kReady) {
    FollowFinal(transaction, job, ending, kind, aftermath.task, worker_id);
  } else if (aftermath.delay.count() > 0) {
    transaction.Run(kReadyLater, ending.key.task_id);
  } else {
    transaction.Run(kReadyNow, ending.key.task_id, AgeingPerPriority());
  }
  // A device is free again, or a task is ready: either way there is something to plan.
  transaction.Ring(Bell::kPlan);
  transaction.AfterCommit([&observer = context.around.observer, state = ending.state, kind, aftermath,
                           seconds = row["seconds"].as<double>()] {
    observer.AttemptEnded(state);
    if (aftermath.task == TaskState::kReady) return;
    observer.TaskCompleted(kind, aftermath.task);
    observer.TaskDuration(kind, scheduling::Observer::Seconds(seconds));
  });
  return true;
}

void CancelJob(Context& context, Transaction& transaction, LockedJob& job) {
  if (scheduling::IsFinal(job.state)) return;
  transaction.Run(kWishCancelled, job.job_id);
  job.wish = CancelWish::kRequested;
  // The queue's rows first: a claim that holds one of them commits before this goes on, and its task is then running.
  transaction.Run(kDropReady, job.job_id);
  transaction.Run(kDropDelayed, job.job_id);
  scheduling::TaskCounts more;
  more.cancelled = static_cast<int>(transaction.Run(kCancelWaiting, job.job_id).size());
  for (const auto& row : transaction.Run(kOfferedOfJob, job.job_id)) {
    AttemptEnding ending;
    ending.key = {Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()};
    ending.state = AttemptState::kCancelled;
    EndAttempt(context, transaction, job, ending);
  }
  transaction.Run(kStopRunning, job.job_id);
  transaction.Ring(Bell::kWorkers);
  Settle(transaction, job, more);
}

void FailPendingJob(Transaction& transaction, LockedJob& job, const Failure& failure) {
  BlameJob(transaction, job.job_id, failure);
  transaction.Run(kDropReady, job.job_id);
  transaction.Run(kDropDelayed, job.job_id);
  scheduling::TaskCounts more;
  more.cancelled = static_cast<int>(transaction.Run(kCancelWaiting, job.job_id).size());
  Settle(transaction, job, more);
}

void FailReadyTask(Transaction& transaction, LockedJob& job, const std::string& task_id, const Failure& failure) {
  if (transaction.Run(kDropTask, task_id).empty() || transaction.Run(kFailReady, task_id).empty()) return;
  BlameJob(transaction, job.job_id, failure);
  StartJob(transaction, job);
  scheduling::TaskCounts more;
  more.failed = 1;
  more.cancelled = static_cast<int>(transaction.Run(kCancelPublish, task_id).size());
  Settle(transaction, job, more);
}

void Publish(Transaction& transaction, const std::string& job_id, const scheduling::FeedBody& body) {
  EncodedEvent event = Encode(body);
  transaction.Gather(kPublishEvent,
                     {{"job_id", job_id}, {"kind", std::move(event.kind)}, {"body", std::move(event.body)}});
  transaction.Ring(Bell::kUnordered);
}

}  // namespace interneg::storage
