#include <set>

#include <nlohmann/json.hpp>

#include "server/storage/lifecycle.h"
#include "server/storage/sessions.h"

namespace interneg::storage {
namespace {

using nlohmann::json;
using scheduling::Actor;
using scheduling::Attachment;
using scheduling::AttemptKey;
using scheduling::AttemptRef;
using scheduling::AttemptState;
using scheduling::WorkerHello;
using scheduling::WorkerSession;

constexpr Statement kRegisterWorker = {
    "register_worker",
    "INSERT INTO worker (worker_id, name, principal, host, pool, tags, roots, version, job_schema, incarnation, epoch, "
    "  connected) VALUES ($1::uuid, $2, $3, $4, $5, $6::text[], $7::text[], $8, $9::integer, $10, 1, true) "
    "ON CONFLICT ON CONSTRAINT worker_name_key DO UPDATE SET host = EXCLUDED.host, pool = EXCLUDED.pool, "
    "  tags = EXCLUDED.tags, roots = EXCLUDED.roots, version = EXCLUDED.version, job_schema = EXCLUDED.job_schema, "
    "  incarnation = EXCLUDED.incarnation, epoch = worker.epoch + 1, connected = true "
    "WHERE worker.principal = EXCLUDED.principal AND NOT (worker.connected AND worker.host <> EXCLUDED.host "
    "  AND worker.incarnation <> EXCLUDED.incarnation AND EXISTS (SELECT FROM worker_heartbeat h "
    "    WHERE h.worker_id = worker.worker_id AND "
    "      h.seen_at > clock_timestamp() - $11::double precision * interval '1 second')) "
    "RETURNING worker_id, epoch"};
constexpr Statement kWorkerOfName = {
    "worker_of_name", "SELECT principal = $2 AS own, host FROM worker WHERE name = $1"};
constexpr Statement kFirstHeartbeat = {
    "first_heartbeat",
    "INSERT INTO worker_heartbeat (worker_id, seen_at) VALUES ($1::uuid, now()) "
    "ON CONFLICT ON CONSTRAINT worker_heartbeat_pkey DO UPDATE SET seen_at = now()"};
constexpr Statement kAbsentDevices = {
    "absent_devices",
    "UPDATE device SET present = false WHERE worker_id = $1::uuid AND NOT uuid = ANY($2::text[]) AND present"};
// A device may move to another worker only when its old one is away and nothing of it is reserved.
constexpr Statement kRegisterDevices = {
    "register_devices",
    "INSERT INTO device (uuid, worker_id, kind, model, memory_bytes, cores, ordinal, present) "
    "SELECT x.uuid, $1::uuid, x.kind, x.model, x.memory_bytes, x.cores, x.ordinal, true "
    "FROM jsonb_to_recordset($2::jsonb) AS x(uuid text, kind text, model text, memory_bytes bigint, cores integer, "
    "  ordinal integer) "
    "ON CONFLICT ON CONSTRAINT device_pkey DO UPDATE SET worker_id = EXCLUDED.worker_id, kind = EXCLUDED.kind, "
    "  model = EXCLUDED.model, memory_bytes = greatest(EXCLUDED.memory_bytes, device.reserved_bytes), "
    "  cores = EXCLUDED.cores, ordinal = EXCLUDED.ordinal, present = true "
    "WHERE device.worker_id = EXCLUDED.worker_id OR (device.reserved_slots = 0 AND NOT EXISTS "
    "  (SELECT 1 FROM worker w WHERE w.worker_id = device.worker_id AND (w.connected OR w.principal <> $3))) "
    "RETURNING uuid"};
constexpr Statement kLiveOfWorker = {
    "live_of_worker",
    "SELECT a.task_id, a.attempt_no, a.token, a.state, a.incarnation, r.roots <@ $2::text[] AS suits "
    "FROM attempt a JOIN task t USING (task_id) JOIN requirement r USING (requirement_id) "
    "WHERE a.worker_id = $1::uuid AND a.state IN ('offered', 'running')"};
constexpr Statement kAdopt = {
    "adopt_attempt",
    "UPDATE attempt SET state = 'running', accepted_at = coalesce(accepted_at, now()), incarnation = $3, "
    "  renewals = renewals + 1, lease_until = now() + $4::double precision * interval '1 second' "
    "WHERE task_id = $1::uuid AND attempt_no = $2::integer AND state IN ('offered', 'running')"};
constexpr Statement kDetach = {
    "detach_worker",
    "UPDATE worker SET connected = false WHERE worker_id = $1::uuid AND epoch = $2::bigint"};
constexpr Statement kStateOfAttempt = {
    "state_of_attempt",
    "SELECT state FROM attempt WHERE task_id = $1::uuid AND attempt_no = $2::integer FOR NO KEY UPDATE"};

double Seconds(std::chrono::milliseconds duration) { return std::chrono::duration<double>(duration).count(); }

absl::Status CheckHello(const WorkerHello& hello) {
  if (hello.name.empty()) return absl::InvalidArgumentError("hello.name: must not be empty");
  std::set<std::string> uuids;
  for (const auto& device : hello.devices) {
    if (device.uuid.empty()) return absl::InvalidArgumentError("hello.devices: a device without a uuid");
    if (!uuids.insert(device.uuid).second) {
      return absl::InvalidArgumentError("hello.devices: " + device.uuid + " is named twice");
    }
  }
  return absl::OkStatus();
}

std::string DevicesJson(const WorkerHello& hello) {
  json rows = json::array();
  for (const auto& device : hello.devices) {
    rows.push_back({{"uuid", device.uuid},
                    {"kind", Name(device.kind)},
                    {"model", device.model},
                    {"memory_bytes", device.memory_bytes},
                    {"cores", device.cores},
                    {"ordinal", device.ordinal}});
  }
  return rows.dump();
}

// Two daemons of one name on two machines would end each other's work for ever.
absl::Status WhyRefused(Transaction& transaction, const Actor& actor, const WorkerHello& hello) {
  const auto rows = transaction.Run(kWorkerOfName, hello.name, actor.principal);
  if (!rows.empty() && rows[0]["own"].as<bool>()) {
    return absl::AlreadyExistsError("worker " + hello.name + " is connected from " + Text(rows[0]["host"]) +
                                    "; stop that daemon, or choose another name (--name)");
  }
  return absl::PermissionDeniedError("worker " + hello.name + " belongs to another principal; choose another name");
}

// Worker, heartbeat and devices as Hello states them, under a new epoch.
absl::StatusOr<WorkerSession> Register(Context& context, Transaction& transaction, const Actor& actor,
                                       const WorkerHello& hello) {
  KnowPrincipal(transaction, actor.principal);
  const auto rows = transaction.Run(kRegisterWorker, context.NewId(), hello.name, actor.principal, hello.host,
                                    hello.pool, List(hello.tags), List(hello.roots), hello.version, hello.job_schema,
                                    hello.incarnation, Seconds(context.settings.lease));
  if (rows.empty()) return WhyRefused(transaction, actor, hello);
  WorkerSession session{Text(rows[0]["worker_id"]), rows[0]["epoch"].as<std::uint64_t>()};
  transaction.Run(kFirstHeartbeat, session.worker_id);
  std::vector<std::string> uuids;
  for (const auto& device : hello.devices) uuids.push_back(device.uuid);
  transaction.Run(kAbsentDevices, session.worker_id, List(uuids));
  const auto registered =
      transaction.Run(kRegisterDevices, session.worker_id, DevicesJson(hello), actor.principal).size();
  if (registered != uuids.size()) {
    return absl::PermissionDeniedError("worker " + hello.name + ": one of its devices belongs to another worker that " +
                                       "is connected; stop that one first");
  }
  Audit(transaction, actor.principal, "worker.attach", session.worker_id, hello.name + " " + hello.incarnation);
  return session;
}

struct Judged {
  Attachment attachment;
  std::vector<AttemptKey> forgotten;
};

// Which of the worker's live attempts go on: those it names with the right token. One that it does not name runs
// nowhere, except an offer that this very daemon may still accept; one that reads a root which has gone since would
// fail.
Judged Reconcile(const Context& context, Transaction& transaction, const WorkerHello& hello,
                 const WorkerSession& session) {
  Judged judged;
  judged.attachment.session = session;
  std::set<AttemptRef> running(hello.running.begin(), hello.running.end());
  std::set<AttemptRef> unacknowledged(hello.unacknowledged.begin(), hello.unacknowledged.end());
  std::set<AttemptRef> live;
  for (const auto& row : transaction.Run(kLiveOfWorker, session.worker_id, List(hello.roots))) {
    const AttemptRef attempt{{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()}, Text(row["token"])};
    if (running.count(attempt) + unacknowledged.count(attempt) > 0) {
      transaction.Run(kAdopt, attempt.key.task_id, attempt.key.attempt_no, hello.incarnation,
                      Seconds(context.settings.lease));
      live.insert(attempt);
    } else if (Text(row["state"]) == "running" || Text(row["incarnation"]) != hello.incarnation ||
               !row["suits"].as<bool>()) {
      judged.forgotten.push_back(attempt.key);
    }
  }
  running.merge(unacknowledged);
  for (const AttemptRef& attempt : running) {
    (live.count(attempt) > 0 ? judged.attachment.live : judged.attachment.stale).push_back(attempt);
  }
  return judged;
}

}  // namespace

absl::StatusOr<Attachment> Sessions::Attach(const Actor& actor, const WorkerHello& hello) {
  if (const absl::Status status = CheckHello(hello); !status.ok()) return status;
  const auto judged = context_.pool.Ask<Judged>(
      "attach a worker", [&](Transaction& transaction) -> absl::StatusOr<Judged> {
        const auto session = Register(context_, transaction, actor, hello);
        if (!session.ok()) return session.status();
        transaction.Ring(scheduling::Bell::kPlan);
        transaction.Ring(scheduling::Bell::kWorkers);
        return Reconcile(context_, transaction, hello, *session);
      });
  if (!judged.ok()) return judged.status();
  if (const absl::Status status = EndForgotten(judged->forgotten); !status.ok()) return status;
  return judged->attachment;
}

absl::Status Sessions::EndForgotten(const std::vector<AttemptKey>& attempts) {
  for (const AttemptKey& key : attempts) {
    const absl::Status status = context_.pool.Do("end a forgotten attempt", [&](Transaction& transaction) {
      auto job = LockJob(transaction, JobOfAttempt(transaction, key));
      if (!job.ok()) return job.status();
      const auto state = Named<AttemptState>(transaction.Run(kStateOfAttempt, key.task_id, key.attempt_no)[0][0]);
      AttemptEnding ending;
      ending.key = key;
      ending.state = state == AttemptState::kOffered ? AttemptState::kExpired : AttemptState::kLost;
      EndAttempt(context_, transaction, *job, ending);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Sessions::Detach(const WorkerSession& session) {
  if (!scheduling::IsUuid(session.worker_id)) return NotFound("worker", session.worker_id);
  return context_.pool.Do("detach a worker", [&](Transaction& transaction) {
    transaction.Run(kDetach, session.worker_id, session.epoch);
    return absl::OkStatus();
  });
}

}  // namespace interneg::storage
