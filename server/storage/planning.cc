#include "server/storage/planning.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "server/scheduling/matching.h"
#include "server/storage/claim.h"
#include "server/storage/lifecycle.h"
#include "server/storage/sessions.h"

namespace interneg::storage {
namespace {

using nlohmann::json;
using scheduling::AttemptKey;
using scheduling::AttemptState;
using scheduling::Candidate;
using scheduling::ClaimReport;
using scheduling::LeaseSighting;

constexpr Statement kHoldTerm = {
    "hold_term",
    "UPDATE leader SET term = CASE WHEN holder = $1 AND lease_until > clock_timestamp() THEN term ELSE term + 1 END, "
    "  holder = $1, lease_until = clock_timestamp() + $2::double precision * interval '1 second' "
    "WHERE holder = $1 OR lease_until <= clock_timestamp() RETURNING term"};
constexpr Statement kGiveUpTerm = {
    "give_up_term", "UPDATE leader SET lease_until = '-infinity' WHERE term = $1::bigint"};
constexpr Statement kGuard = {
    "guard_term",
    "SELECT 1 FROM leader WHERE term = $1::bigint AND lease_until > clock_timestamp() FOR SHARE"};
constexpr Statement kLiveLeases = {
    "live_leases", "SELECT task_id, attempt_no, state, renewals FROM attempt WHERE state IN ('offered', 'running')"};
constexpr Statement kShortLocks = {"short_locks", "SELECT set_config('lock_timeout', '200ms', true)"};
constexpr Statement kStillSilent = {
    "still_silent",
    "SELECT 1 FROM attempt WHERE task_id = $1::uuid AND attempt_no = $2::integer AND state = $3 "
    "  AND renewals = $4::bigint FOR NO KEY UPDATE SKIP LOCKED"};
constexpr Statement kMarkSilent = {
    "mark_silent",
    "UPDATE worker w SET connected = false FROM worker_heartbeat h WHERE h.worker_id = w.worker_id AND w.connected "
    "  AND h.seen_at < clock_timestamp() - $1::double precision * interval '1 second'"};
constexpr Statement kReachDelayed = {
    "reach_delayed",
    "WITH due AS (DELETE FROM task_delayed WHERE task_id IN (SELECT task_id FROM task_delayed "
    "    WHERE ready_at <= clock_timestamp() ORDER BY ready_at LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING *) "
    "INSERT INTO task_ready (task_id, requirement_id, rank_key, job_id, preferred_worker_id) "
    "SELECT t.task_id, t.requirement_id, (extract(epoch FROM due.ready_at) * 1000000)::bigint "
    "  + j.priority * $1::bigint, t.job_id, t.preferred_worker_id "
    "FROM due JOIN task t USING (task_id) JOIN job j ON j.job_id = t.job_id"};
// The term's guard, and whether there is anything to claim.
constexpr Statement kGuardAndLook = {
    "guard_term_and_look",
    "SELECT EXISTS (SELECT FROM task_ready) AS ready, "
    "  EXISTS (SELECT FROM task_delayed WHERE ready_at <= clock_timestamp()) AS due "
    "FROM leader WHERE term = $1::bigint AND lease_until > clock_timestamp() FOR SHARE"};
// Models, checkpoints and documents are looked up now and not at submission: the newest that has committed counts.
constexpr Statement kInputs = {
    "inputs_of_tasks",
    "SELECT t.task_id, t.kind, t.attempts + 1 AS attempt_no, j.train_job_id, "
    "  CASE WHEN t.kind IN ('render', 'train') THEN CASE WHEN j.checkpoint_sha256 <> '' THEN j.checkpoint_sha256 ELSE "
    "    coalesce((SELECT c.sha256 FROM checkpoint c WHERE c.job_id = j.train_job_id AND c.state = 'committed' "
    "      ORDER BY c.best DESC, c.attempt_no DESC, c.sequence DESC LIMIT 1), '') END ELSE '' END AS checkpoint, "
    "  CASE WHEN t.kind = 'train' THEN coalesce((SELECT c.sha256 FROM checkpoint c WHERE c.job_id = j.job_id "
    "    AND c.state = 'committed' ORDER BY c.step DESC, c.attempt_no DESC, c.sequence DESC LIMIT 1), '') "
    "    ELSE '' END AS resume, "
    "  coalesce((SELECT i.kind FROM job_input i WHERE i.job_id = j.job_id AND i.from_job_id IS NOT NULL "
    "    AND NOT EXISTS (SELECT FROM artifact_reference r WHERE r.job_id = i.from_job_id AND r.kind = i.kind) "
    "    LIMIT 1), '') "
    "    AS lacks, "
    "  j.checkpoint_sha256 <> '' AND NOT EXISTS (SELECT FROM artifact a WHERE a.sha256 = j.checkpoint_sha256) "
    "    AS named_is_gone "
    "FROM task t JOIN job j USING (job_id) WHERE t.task_id = ANY($1::uuid[])"};
// The claim. A task whose guard (`state = 'ready'`) hits no row drops out; its queue row goes all the same. Jobs that
// somebody holds are started by their first Accept instead: a claim never waits for a job's row.
constexpr Statement kClaim = {
    "claim",
    "WITH x AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(task_id uuid, worker_id uuid, device_uuid text, "
    "    reserved_bytes bigint, token text, checkpoint text, resume text)), "
    "moved AS (UPDATE task t SET state = 'running', attempts = t.attempts + 1, "
    "      started_at = coalesce(t.started_at, now()) "
    "    FROM x WHERE t.task_id = x.task_id AND t.state = 'ready' "
    "    RETURNING t.task_id, t.job_id, t.attempts, t.ready_at), "
    "reserved AS (UPDATE device d SET reserved_slots = d.reserved_slots + 1, "
    "    reserved_bytes = d.reserved_bytes + x.reserved_bytes "
    "    FROM x JOIN moved m USING (task_id) WHERE d.uuid = x.device_uuid RETURNING d.uuid), "
    "made AS (INSERT INTO attempt (task_id, attempt_no, job_id, token, worker_id, incarnation, leader_term, "
    "      device_uuid, reserved_bytes, checkpoint_sha256, resume_sha256, lease_until) "
    "    SELECT m.task_id, m.attempts, m.job_id, x.token, w.worker_id, w.incarnation, $2::bigint, x.device_uuid, "
    "      x.reserved_bytes, x.checkpoint, x.resume, now() + $3::double precision * interval '1 second' "
    "    FROM moved m JOIN x USING (task_id) JOIN worker w ON w.worker_id = x.worker_id "
    "    RETURNING task_id, attempt_no), "
    "gone AS (DELETE FROM task_ready r USING x WHERE r.task_id = x.task_id), "
    "begun AS (UPDATE job SET state = 'running', started_at = now() WHERE job_id IN (SELECT job_id FROM job "
    "    WHERE job_id IN (SELECT job_id FROM moved) AND state = 'pending' FOR NO KEY UPDATE SKIP LOCKED) "
    "    RETURNING job_id) "
    "SELECT m.task_id, m.job_id, m.attempts, w.name AS worker, m.job_id IN (SELECT job_id FROM begun) AS began, "
    "  extract(epoch FROM now() - m.ready_at)::double precision AS waited "
    "FROM moved m JOIN x USING (task_id) JOIN worker w ON w.worker_id = x.worker_id"};
constexpr Statement kNextReady = {
    "next_ready",
    "SELECT (extract(epoch FROM min(ready_at) - clock_timestamp()) * 1000)::bigint FROM task_delayed"};
constexpr Statement kPartitions = {"partitions", "SELECT prepare_partitions()"};

double Seconds(std::chrono::milliseconds duration) { return std::chrono::duration<double>(duration).count(); }

absl::Status TermIsOver(Context& context, std::uint64_t term) {
  context.around.observer.FencedReport("term");
  return absl::AbortedError("term " + std::to_string(term) + " is over; another replica may lead now");
}

absl::Status RequireTerm(Context& context, Transaction& transaction, std::uint64_t term) {
  return transaction.Run(kGuard, term).empty() ? TermIsOver(context, term) : absl::OkStatus();
}

struct TaskInputs {
  std::string checkpoint;
  std::string resume;
  // What the task cannot do without and nobody has made; empty: nothing.
  std::string lacks;
};

// What a task lacks where it is no document of another job.
constexpr char kCheckpointToRender[] = "checkpoint to render with";
constexpr char kCheckpointToBeginWith[] = "checkpoint to begin with";

using InputsByTask = std::map<std::string, TaskInputs>;

InputsByTask ReadInputs(Transaction& transaction, const std::vector<Candidate>& candidates,
                        const std::vector<scheduling::Placement>& placements) {
  std::vector<std::string> ids;
  for (const auto& placement : placements) ids.push_back(candidates[placement.candidate].task_id);
  InputsByTask inputs;
  for (const auto& row : transaction.Run(kInputs, List(ids))) {
    auto& found = inputs[Text(row["task_id"])] = {Text(row["checkpoint"]), Text(row["resume"]), Text(row["lacks"])};
    // What a training began with is in its checkpoint: it goes on where the earlier model is gone. Where that is still
    // there it is sent along, for a worker of an older version asks for it.
    if (!found.resume.empty()) {
      if (row["named_is_gone"].as<bool>()) found.checkpoint.clear();
      continue;
    }
    const std::string kind = Text(row["kind"]);
    if (!found.checkpoint.empty()) continue;
    if (kind == "render") found.lacks = kCheckpointToRender;
    if (kind == "train" && !row["train_job_id"].is_null()) found.lacks = kCheckpointToBeginWith;
  }
  return inputs;
}

int FreePlaces(const std::vector<scheduling::WorkerRoom>& workers) {
  int places = 0;
  for (const auto& worker : workers) {
    places += worker.free_light_places;
    for (const auto& device : worker.devices) places += std::max(0, device.free_slots);
  }
  return places;
}

std::string ClaimRows(const Context& context, const std::vector<Candidate>& candidates,
                      const std::vector<scheduling::WorkerRoom>& workers,
                      const std::vector<scheduling::Placement>& placements,
                      const InputsByTask& inputs) {
  json rows = json::array();
  for (const auto& placement : placements) {
    const std::string& task_id = candidates[placement.candidate].task_id;
    const auto found = inputs.find(task_id);
    const TaskInputs input = found == inputs.end() ? TaskInputs() : found->second;
    if (!input.lacks.empty()) continue;
    json row = {{"task_id", task_id},
                {"worker_id", workers[placement.worker].worker_id},
                {"reserved_bytes", placement.reserved_bytes},
                {"token", scheduling::NewSecret(context.around.entropy)},
                {"checkpoint", input.checkpoint},
                {"resume", input.resume}};
    if (!placement.device_uuid.empty()) row["device_uuid"] = placement.device_uuid;
    rows.push_back(std::move(row));
  }
  return rows.dump();
}

}  // namespace

absl::StatusOr<std::optional<std::uint64_t>> Planning::HoldTerm(const std::string& holder,
                                                                std::chrono::milliseconds lease) {
  using Result = std::optional<std::uint64_t>;
  return context_.pool.Ask<Result>("hold the term", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    const auto rows = transaction.Run(kHoldTerm, holder, Seconds(lease));
    if (rows.empty()) return Result();
    return Result(rows[0][0].as<std::uint64_t>());
  });
}

absl::Status Planning::GiveUpTerm(std::uint64_t term) {
  return context_.pool.Do("give up the term", [&](Transaction& transaction) {
    transaction.Run(kGiveUpTerm, term);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<LeaseSighting>> Planning::LiveLeases() {
  using Result = std::vector<LeaseSighting>;
  return context_.pool.Read<Result>("read leases", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    Result leases;
    for (const auto& row : transaction.Run(kLiveLeases)) {
      leases.push_back({{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()},
                        Named<AttemptState>(row["state"]),
                        row["renewals"].as<std::uint64_t>()});
    }
    return leases;
  });
}

absl::StatusOr<int> Planning::Expire(std::uint64_t term, const std::vector<LeaseSighting>& leases) {
  int expired = 0;
  absl::Status trouble;
  for (const LeaseSighting& lease : leases) {
    bool ended = false;
    const absl::Status status = context_.pool.Do("expire a lease", [&](Transaction& transaction) -> absl::Status {
      ended = false;
      // The leader's row is held meanwhile: what is in other hands is left for the next look.
      transaction.Run(kShortLocks);
      if (const absl::Status held = RequireTerm(context_, transaction, term); !held.ok()) return held;
      auto job = LockFreeJob(transaction, JobOfAttempt(transaction, lease.key));
      if (!job) return absl::OkStatus();
      const auto silent = transaction.Run(kStillSilent, lease.key.task_id, lease.key.attempt_no,
                                          std::string(Name(lease.state)), lease.renewals);
      if (silent.empty()) return absl::OkStatus();
      AttemptEnding ending;
      ending.key = lease.key;
      ending.state = lease.state == AttemptState::kOffered ? AttemptState::kExpired : AttemptState::kLost;
      ended = EndAttempt(context_, transaction, *job, ending);
      return absl::OkStatus();
    });
    if (absl::IsAborted(status)) return status;
    // One row in trouble must not keep the others; it is tried again at the next look.
    if (!status.ok()) trouble = status;
    expired += status.ok() && ended ? 1 : 0;
  }
  if (expired == 0 && !trouble.ok()) return trouble;
  return expired;
}

absl::Status Planning::MarkSilentWorkers(std::uint64_t term, std::chrono::milliseconds silence) {
  return context_.pool.Do("mark silent workers", [&](Transaction& transaction) -> absl::Status {
    if (const absl::Status held = RequireTerm(context_, transaction, term); !held.ok()) return held;
    transaction.Run(kMarkSilent, Seconds(silence));
    return absl::OkStatus();
  });
}

absl::StatusOr<ClaimReport> Planning::Claim(std::uint64_t term, int limit) {
  const auto claimed = context_.pool.Ask<Claimed>("claim", [&](Transaction& transaction) -> absl::StatusOr<Claimed> {
    const auto look = transaction.Run(kGuardAndLook, term);
    if (look.empty()) return TermIsOver(context_, term);
    const bool due = look[0]["due"].as<bool>();
    if (due) transaction.Run(kReachDelayed, scheduling::RankKey(std::chrono::microseconds(0), 1));
    return due || look[0]["ready"].as<bool>() ? ClaimWithin(transaction, term, limit) : Claimed();
  });
  if (!claimed.ok()) return claimed.status();
  for (const Lack& lack : claimed->lacking) {
    if (const absl::Status failed = FailForLack(lack); !failed.ok()) return failed;
  }
  return claimed->report;
}

absl::StatusOr<Planning::Claimed> Planning::ClaimWithin(Transaction& transaction, std::uint64_t term,
                                                        int limit) const {
  Claimed claim;
  std::vector<scheduling::WorkerRoom> workers = ReadRoom(transaction, context_.settings.light_tasks);
  const int room = FreePlaces(workers);
  if (room == 0) return claim;
  const Waiting waiting = ReadWaiting(transaction, std::min(limit, room));
  const auto& candidates = waiting.candidates;
  claim.report.considered = static_cast<int>(candidates.size());
  const auto placements =
      scheduling::Place(candidates, ReadRequirements(transaction, candidates),
                        ReadRecords(transaction, waiting.recorded_jobs), context_.retry.failures_to_exclude, workers);
  if (placements.empty()) return claim;
  const auto inputs = waiting.want_inputs ? ReadInputs(transaction, candidates, placements) : InputsByTask();
  for (const auto& placement : placements) {
    const Candidate& candidate = candidates[placement.candidate];
    const auto found = inputs.find(candidate.task_id);
    if (found != inputs.end() && !found->second.lacks.empty()) {
      claim.lacking.push_back({candidate.job_id, candidate.task_id, found->second.lacks});
    }
  }
  const auto claimed = transaction.Run(kClaim, ClaimRows(context_, candidates, workers, placements, inputs), term,
                                       Seconds(context_.settings.lease));
  claim.report.claimed = static_cast<int>(claimed.size());
  TellOfClaims(transaction, claimed);
  return claim;
}

void Planning::TellOfClaims(Transaction& transaction, const pqxx::result& claimed) const {
  std::set<std::string> begun;
  std::vector<double> waits;
  for (const auto& row : claimed) {
    const std::string job_id = Text(row["job_id"]);
    waits.push_back(row["waited"].as<double>());
    if (row["began"].as<bool>() && begun.insert(job_id).second) {
      Publish(transaction, job_id, scheduling::JobChange{scheduling::JobState::kRunning});
    }
    Publish(transaction, job_id,
            scheduling::AttemptView{{Text(row["task_id"]), row["attempts"].as<std::uint32_t>()},
                                    job_id,
                                    AttemptState::kOffered,
                                    Text(row["worker"]),
                                    {}});
  }
  if (waits.empty()) return;
  transaction.Ring(scheduling::Bell::kWorkers);
  transaction.AfterCommit([&observer = context_.around.observer, waits] {
    for (const double wait : waits) observer.QueueWait(scheduling::Observer::Seconds(wait));
  });
}

// In a transaction of its own, since it waits for the job's row and a claim must not.
absl::Status Planning::FailForLack(const Lack& lack) {
  return context_.pool.Do("fail a task that lacks an input", [&](Transaction& transaction) -> absl::Status {
    auto job = LockJob(transaction, lack.job_id);
    if (!job.ok()) return job.status();
    scheduling::Failure failure{scheduling::FailureKind::kBadInput,
                                "the job that should have made it made no " + lack.kind,
                                "run that job again, or name another one"};
    if (lack.kind == kCheckpointToRender || lack.kind == kCheckpointToBeginWith) {
      failure.message = "the training job has no " + lack.kind;
      failure.remedy = "train again, or name a checkpoint by its SHA-256";
    }
    FailReadyTask(transaction, *job, lack.task_id, failure);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::optional<std::chrono::milliseconds>> Planning::NextReady() {
  using Result = std::optional<std::chrono::milliseconds>;
  return context_.pool.Read<Result>("find the next task", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    const auto row = transaction.Run(kNextReady)[0];
    if (row[0].is_null()) return Result();
    return Result(std::chrono::milliseconds(std::max(0LL, row[0].as<long long>())));
  });
}

absl::Status Planning::PreparePartitions() {
  return context_.pool.Do("prepare partitions", [](Transaction& transaction) {
    transaction.Run(kPartitions);
    return absl::OkStatus();
  });
}

}  // namespace interneg::storage
