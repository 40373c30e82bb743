#include "server/storage/sessions.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "server/scheduling/request.h"
#include "server/storage/event_codec.h"
#include "server/storage/lifecycle.h"

namespace interneg::storage {
namespace {

using nlohmann::json;
using scheduling::Actor;
using scheduling::Attachment;
using scheduling::AttemptKey;
using scheduling::AttemptRef;
using scheduling::AttemptState;
using scheduling::Disposition;
using scheduling::Renewal;
using scheduling::Standing;
using scheduling::WorkerHello;
using scheduling::WorkerSession;

constexpr Statement kRegisterWorker = {
    "register_worker",
    "INSERT INTO worker (worker_id, name, principal, host, pool, tags, roots, version, job_schema, incarnation, epoch, "
    "  connected) VALUES ($1::uuid, $2, $3, $4, $5, $6::text[], $7::text[], $8, $9::integer, $10, 1, true) "
    "ON CONFLICT ON CONSTRAINT worker_name_key DO UPDATE SET host = EXCLUDED.host, pool = EXCLUDED.pool, "
    "  tags = EXCLUDED.tags, roots = EXCLUDED.roots, version = EXCLUDED.version, job_schema = EXCLUDED.job_schema, "
    "  incarnation = EXCLUDED.incarnation, epoch = worker.epoch + 1, connected = true "
    "WHERE worker.principal = EXCLUDED.principal RETURNING worker_id, epoch"};
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
    "SELECT task_id, attempt_no, token, state, incarnation FROM attempt "
    "WHERE worker_id = $1::uuid AND state IN ('offered', 'running')"};
constexpr Statement kAdopt = {
    "adopt_attempt",
    "UPDATE attempt SET state = 'running', accepted_at = coalesce(accepted_at, now()), incarnation = $3, "
    "  renewals = renewals + 1, lease_until = now() + $4::double precision * interval '1 second' "
    "WHERE task_id = $1::uuid AND attempt_no = $2::integer AND state IN ('offered', 'running')"};
constexpr Statement kDetach = {
    "detach_worker",
    "UPDATE worker SET connected = false WHERE worker_id = $1::uuid AND epoch = $2::bigint"};
constexpr Statement kEpoch = {"worker_epoch", "SELECT epoch FROM worker WHERE worker_id = $1::uuid"};
constexpr Statement kEpochs = {
    "worker_epochs", "SELECT worker_id, epoch, draining FROM worker WHERE worker_id = ANY($1::uuid[])"};
constexpr Statement kOffers = {
    "read_offers",
    "SELECT a.worker_id, a.task_id, a.attempt_no, a.token, a.job_id, j.project_id, t.kind, "
    "  convert_from(j.spec_bytes, 'UTF8') AS spec, j.spec_sha256, t.frames, j.output_root, j.output_folder, "
    "  t.waits_for_task_id, t.source_attempt_no, coalesce(d.kind, 'cpu') AS device_kind, a.device_uuid, "
    "  coalesce(d.ordinal, 0) AS ordinal, a.checkpoint_sha256, a.resume_sha256, s.result AS source_result, "
    "  p.name AS project, p.film_title, j.shot, j.submitted_by "
    "FROM attempt a JOIN task t USING (task_id) JOIN job j ON j.job_id = a.job_id "
    "JOIN project p USING (project_id) LEFT JOIN device d ON d.uuid = a.device_uuid "
    "LEFT JOIN attempt s ON s.task_id = t.waits_for_task_id AND s.attempt_no = t.source_attempt_no "
    "WHERE a.state = 'offered' AND a.worker_id = ANY($1::uuid[]) ORDER BY a.offered_at, t.ordinal"};
constexpr Statement kStops = {
    "read_stops",
    "SELECT worker_id, task_id, attempt_no, token, stop_reason FROM attempt "
    "WHERE state = 'running' AND stop_reason IS NOT NULL AND worker_id = ANY($1::uuid[])"};
constexpr Statement kAdjustments = {
    "read_adjustments",
    "SELECT a.worker_id, a.task_id, a.attempt_no, a.token, x.* FROM attempt a JOIN adjustment x USING (job_id) "
    "WHERE a.state = 'running' AND a.worker_id = ANY($1::uuid[]) "
    "  AND coalesce(x.applied_attempt_no, 0) < a.attempt_no ORDER BY x.adjustment_no"};
constexpr Statement kAccept = {
    "accept_attempt",
    "UPDATE attempt a SET state = 'running', accepted_at = now(), renewals = renewals + 1, "
    "  lease_until = now() + $3::double precision * interval '1 second' FROM worker w "
    "WHERE a.task_id = $1::uuid AND a.attempt_no = $2::integer AND a.state = 'offered' AND w.worker_id = a.worker_id "
    "RETURNING w.name AS worker, extract(epoch FROM now() - a.offered_at)::double precision AS seconds"};
constexpr Statement kSee = {
    "see_workers",
    "UPDATE worker_heartbeat h SET seen_at = now() FROM jsonb_to_recordset($1::jsonb) AS x(worker_id uuid, epoch bigint) "
    "JOIN worker w ON w.worker_id = x.worker_id AND w.epoch = x.epoch WHERE h.worker_id = w.worker_id "
    "RETURNING h.worker_id, w.epoch, w.connected"};
constexpr Statement kReconnect = {
    "reconnect_worker",
    "UPDATE worker SET connected = true WHERE worker_id = $1::uuid AND epoch = $2::bigint AND NOT connected"};
constexpr Statement kRenew = {
    "renew_leases",
    "UPDATE attempt a SET renewals = renewals + 1, lease_until = now() + $2::double precision * interval '1 second' "
    "FROM jsonb_to_recordset($1::jsonb) AS x(task_id uuid, attempt_no integer, token text, worker_id uuid) "
    "WHERE a.task_id = x.task_id AND a.attempt_no = x.attempt_no AND a.token = x.token "
    "  AND a.worker_id = x.worker_id AND a.state IN ('offered', 'running') RETURNING a.task_id, a.attempt_no"};
constexpr Statement kUse = {
    "record_device_use",
    "UPDATE device d SET used_bytes = x.used_bytes FROM jsonb_to_recordset($1::jsonb) "
    "  AS x(uuid text, worker_id uuid, used_bytes bigint) "
    "WHERE d.uuid = x.uuid AND d.worker_id = x.worker_id AND d.used_bytes <> x.used_bytes"};
constexpr Statement kFindAttempt = {
    "find_attempt",
    "SELECT a.job_id, j.project_id, a.worker_id, a.state, a.token, a.result, a.stored_sequence, w.principal, "
    "  t.kind AS task_kind FROM attempt a JOIN task t USING (task_id) JOIN job j ON j.job_id = a.job_id JOIN worker w ON w.worker_id = a.worker_id "
    "WHERE a.task_id = $1::uuid AND a.attempt_no = $2::integer FOR NO KEY UPDATE OF a"};
constexpr Statement kJobOfAttempt = {
    "job_of_attempt", "SELECT job_id FROM attempt WHERE task_id = $1::uuid AND attempt_no = $2::integer"};
constexpr Statement kStateOfAttempt = {
    "state_of_attempt",
    "SELECT state FROM attempt WHERE task_id = $1::uuid AND attempt_no = $2::integer FOR NO KEY UPDATE"};
constexpr Statement kSameResult = {"same_result", "SELECT $1::jsonb = $2::jsonb"};

std::string Subject(const AttemptKey& key) { return key.task_id + "." + std::to_string(key.attempt_no); }

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

// Worker, heartbeat and devices as Hello states them, under a new epoch.
absl::StatusOr<WorkerSession> Register(Context& context, Transaction& transaction, const Actor& actor,
                                       const WorkerHello& hello) {
  KnowPrincipal(transaction, actor.principal);
  const auto rows = transaction.Run(kRegisterWorker, context.NewId(), hello.name, actor.principal, hello.host,
                                    hello.pool, List(hello.tags), List(hello.roots), hello.version, hello.job_schema,
                                    hello.incarnation);
  if (rows.empty()) {
    return absl::PermissionDeniedError("worker " + hello.name + " belongs to another principal; choose another name");
  }
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
// nowhere, except an offer that this very daemon may still accept.
Judged Reconcile(const Context& context, Transaction& transaction, const WorkerHello& hello,
                 const WorkerSession& session) {
  Judged judged;
  judged.attachment.session = session;
  std::set<AttemptRef> running(hello.running.begin(), hello.running.end());
  std::set<AttemptRef> unacknowledged(hello.unacknowledged.begin(), hello.unacknowledged.end());
  std::set<AttemptRef> live;
  for (const auto& row : transaction.Run(kLiveOfWorker, session.worker_id)) {
    const AttemptRef attempt{{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()}, Text(row["token"])};
    if (running.count(attempt) + unacknowledged.count(attempt) > 0) {
      transaction.Run(kAdopt, attempt.key.task_id, attempt.key.attempt_no, hello.incarnation,
                      Seconds(context.settings.lease));
      live.insert(attempt);
    } else if (Text(row["state"]) == "running" || Text(row["incarnation"]) != hello.incarnation) {
      judged.forgotten.push_back(attempt.key);
    }
  }
  running.merge(unacknowledged);
  for (const AttemptRef& attempt : running) {
    (live.count(attempt) > 0 ? judged.attachment.live : judged.attachment.stale).push_back(attempt);
  }
  return judged;
}

scheduling::Offer ToOffer(const pqxx::row& row) {
  scheduling::Offer offer;
  offer.attempt = {{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()}, Text(row["token"])};
  offer.job_id = Text(row["job_id"]);
  offer.project_id = Text(row["project_id"]);
  offer.kind = Named<scheduling::TaskKind>(row["kind"]);
  offer.spec = Text(row["spec"]);
  offer.spec_sha256 = Text(row["spec_sha256"]);
  offer.frames = Text(row["frames"]);
  AttemptKey written = offer.attempt.key;
  if (offer.kind == scheduling::TaskKind::kPublish) {
    written = {Text(row["waits_for_task_id"]), row["source_attempt_no"].as<std::uint32_t>()};
    offer.manifest = DecodeManifest(Text(row["source_result"]));
  }
  if (offer.kind == scheduling::TaskKind::kPublish || offer.kind == scheduling::TaskKind::kRender) {
    offer.output_folder = scheduling::AttemptFolder(Text(row["output_root"]), Text(row["output_folder"]), written);
  }
  offer.device_kind = Named<scheduling::DeviceKind>(row["device_kind"]);
  offer.device_uuid = Text(row["device_uuid"]);
  offer.device_ordinal = row["ordinal"].as<std::uint32_t>();
  offer.checkpoint_sha256 = Text(row["checkpoint_sha256"]);
  offer.resume_sha256 = Text(row["resume_sha256"]);
  offer.provenance = {{"job", offer.job_id},
                      {"project", Text(row["project"])},
                      {"film_title", Text(row["film_title"])},
                      {"shot", Text(row["shot"])},
                      {"submitted_by", Text(row["submitted_by"])},
                      {"checkpoint_sha256", offer.checkpoint_sha256}};
  return offer;
}

AttemptRef ToRef(const pqxx::row& row) {
  return {{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()}, Text(row["token"])};
}

void FillOutboxes(Transaction& transaction, const std::string& workers,
                  std::map<std::string, scheduling::Outbox*>& boxes) {
  for (const auto& row : transaction.Run(kOffers, workers)) boxes.at(Text(row["worker_id"]))->offers.push_back(ToOffer(row));
  for (const auto& row : transaction.Run(kStops, workers)) {
    boxes.at(Text(row["worker_id"]))
        ->stops.emplace_back(ToRef(row), Named<scheduling::StopReason>(row["stop_reason"]));
  }
  for (const auto& row : transaction.Run(kAdjustments, workers)) {
    const scheduling::Adjustment adjustment{
        row["adjustment_no"].as<std::uint32_t>(), row["steps"].as<std::uint32_t>(), row["learning_rate"].as<double>(),
        row["checkpoint_interval_steps"].as<std::uint32_t>(), row["contact_sheet_interval_steps"].as<std::uint32_t>()};
    boxes.at(Text(row["worker_id"]))->adjustments.emplace_back(ToRef(row), adjustment);
  }
}

absl::Status CheckResult(scheduling::TaskKind kind, const scheduling::AttemptResult& result) {
  const bool done =
      result.outcome == scheduling::Outcome::kSucceeded || result.outcome == scheduling::Outcome::kPartial;
  if (kind == scheduling::TaskKind::kRender && done && result.manifest.empty()) {
    return absl::InvalidArgumentError("result.manifest: a render that succeeded names its files");
  }
  std::set<std::string> names;
  for (const auto& file : result.manifest) {
    const bool plain = !file.name.empty() && file.name != "." && file.name != ".." &&
                       file.name.find('/') == std::string::npos && file.name.find('\0') == std::string::npos;
    if (!plain) return absl::InvalidArgumentError("result.manifest: \"" + file.name + "\" is no plain file name");
    if (!names.insert(file.name).second) {
      return absl::InvalidArgumentError("result.manifest: " + file.name + " is named twice");
    }
  }
  return absl::OkStatus();
}

AttemptEnding ToEnding(const AttemptRef& attempt, const scheduling::AttemptResult& result, const std::string& encoded,
                       bool stopped) {
  AttemptEnding ending;
  ending.key = attempt.key;
  ending.state = scheduling::EndState(result.outcome);
  ending.result = encoded;
  ending.partial = result.outcome == scheduling::Outcome::kPartial;
  if (ending.state == AttemptState::kPreempted && stopped) ending.state = AttemptState::kCancelled;
  if (ending.state == AttemptState::kFailed) {
    ending.failure = result.failure.value_or(
        scheduling::Failure{scheduling::FailureKind::kInternal, "the engine failed without saying why", ""});
  }
  return ending;
}

}  // namespace

void AuditStale(Context& context, Transaction& transaction, const AttemptRef& attempt, const std::string& by,
                std::string_view reason) {
  Audit(transaction, by, "attempt.stale", Subject(attempt.key), std::string(reason));
  transaction.AfterCommit([&observer = context.around.observer, reason] { observer.FencedReport(reason); });
}

std::string JobOfAttempt(Transaction& transaction, const AttemptKey& key) {
  if (!scheduling::IsUuid(key.task_id)) return {};
  const auto rows = transaction.Run(kJobOfAttempt, key.task_id, key.attempt_no);
  return rows.empty() ? std::string() : Text(rows[0][0]);
}

std::optional<FoundAttempt> FindAttempt(Context& context, Transaction& transaction, const AttemptRef& attempt,
                                        const std::string& principal, const std::string& worker_id) {
  const std::string by = principal.empty() ? worker_id : principal;
  const auto rows = scheduling::IsUuid(attempt.key.task_id)
                        ? transaction.Run(kFindAttempt, attempt.key.task_id, attempt.key.attempt_no)
                        : pqxx::result();
  std::string_view refusal;
  if (rows.empty()) {
    refusal = "unknown";
  } else if (Text(rows[0]["token"]) != attempt.token) {
    refusal = "token";
  } else if ((!principal.empty() && Text(rows[0]["principal"]) != principal) ||
             (!worker_id.empty() && Text(rows[0]["worker_id"]) != worker_id)) {
    refusal = "worker";
  }
  if (!refusal.empty()) {
    AuditStale(context, transaction, attempt, by, refusal);
    return std::nullopt;
  }
  const auto row = rows[0];
  return FoundAttempt{Text(row["job_id"]),
                      Named<scheduling::TaskKind>(row["task_kind"]),
                      Text(row["project_id"]),
                      Text(row["worker_id"]),
                      Named<AttemptState>(row["state"]),
                      Text(row["result"]),
                      row["stored_sequence"].as<std::uint32_t>()};
}

absl::Status RequireCurrent(Context& context, Transaction& transaction, const WorkerSession& session) {
  const auto rows =
      scheduling::IsUuid(session.worker_id) ? transaction.Run(kEpoch, session.worker_id) : pqxx::result();
  if (!rows.empty() && rows[0][0].as<std::uint64_t>() == session.epoch) return absl::OkStatus();
  context.around.observer.FencedReport("session");
  return absl::FailedPreconditionError("a newer session of this worker has taken over");
}

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

absl::StatusOr<std::vector<scheduling::Outbox>> Sessions::ReadOutboxes(const std::vector<WorkerSession>& sessions) {
  using Result = std::vector<scheduling::Outbox>;
  return context_.pool.Ask<Result>("read outboxes", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    std::vector<std::string> ids;
    for (const WorkerSession& session : sessions) {
      if (scheduling::IsUuid(session.worker_id)) ids.push_back(session.worker_id);
    }
    std::map<std::string, std::pair<std::uint64_t, bool>> current;
    for (const auto& row : transaction.Run(kEpochs, List(ids))) {
      current[Text(row["worker_id"])] = {row["epoch"].as<std::uint64_t>(), row["draining"].as<bool>()};
    }
    Result outboxes(sessions.size());
    std::map<std::string, scheduling::Outbox*> boxes;
    ids.clear();
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      outboxes[i].worker_id = sessions[i].worker_id;
      const auto worker = current.find(sessions[i].worker_id);
      if (worker == current.end() || worker->second.first != sessions[i].epoch) {
        outboxes[i].session = Renewal::Session::kFenced;
        continue;
      }
      outboxes[i].draining = worker->second.second;
      boxes[sessions[i].worker_id] = &outboxes[i];
      ids.push_back(sessions[i].worker_id);
    }
    if (!ids.empty()) FillOutboxes(transaction, List(ids), boxes);
    return outboxes;
  });
}

absl::StatusOr<Standing> Sessions::Accept(const WorkerSession& session, const AttemptRef& attempt) {
  return context_.pool.Ask<Standing>("accept an offer", [&](Transaction& transaction) -> absl::StatusOr<Standing> {
    if (const absl::Status status = RequireCurrent(context_, transaction, session); !status.ok()) return status;
    const std::string job_id = JobOfAttempt(transaction, attempt.key);
    auto job = job_id.empty() ? absl::StatusOr<LockedJob>(absl::NotFoundError("")) : LockJob(transaction, job_id);
    const auto found = FindAttempt(context_, transaction, attempt, "", session.worker_id);
    if (!found || !job.ok()) return Standing::kStale;
    if (scheduling::IsFinal(found->state)) {
      AuditStale(context_, transaction, attempt, session.worker_id, "ended");
      return Standing::kStale;
    }
    StartJob(transaction, *job);
    const auto rows = transaction.Run(kAccept, attempt.key.task_id, attempt.key.attempt_no,
                                      Seconds(context_.settings.lease));
    if (rows.empty()) return Standing::kLive;
    const double seconds = rows[0]["seconds"].as<double>();
    Publish(transaction, job_id,
            scheduling::AttemptView{attempt.key, job_id, AttemptState::kRunning, Text(rows[0]["worker"]), {}});
    transaction.AfterCommit([this, seconds] {
      context_.around.observer.AssignToStart(scheduling::Observer::Seconds(seconds));
    });
    return Standing::kLive;
  });
}

absl::StatusOr<Standing> Sessions::Reject(const WorkerSession& session, const AttemptRef& attempt,
                                          const std::string& reason) {
  return context_.pool.Ask<Standing>("reject an offer", [&](Transaction& transaction) -> absl::StatusOr<Standing> {
    if (const absl::Status status = RequireCurrent(context_, transaction, session); !status.ok()) return status;
    const std::string job_id = JobOfAttempt(transaction, attempt.key);
    auto job = job_id.empty() ? absl::StatusOr<LockedJob>(absl::NotFoundError("")) : LockJob(transaction, job_id);
    const auto found = FindAttempt(context_, transaction, attempt, "", session.worker_id);
    if (!found || !job.ok()) return Standing::kStale;
    if (found->state != AttemptState::kOffered) {
      AuditStale(context_, transaction, attempt, session.worker_id, "ended");
      return Standing::kStale;
    }
    AttemptEnding ending;
    ending.key = attempt.key;
    ending.state = AttemptState::kRejected;
    EndAttempt(context_, transaction, *job, ending);
    Audit(transaction, session.worker_id, "attempt.reject", Subject(attempt.key), reason);
    return Standing::kLive;
  });
}

absl::StatusOr<std::vector<Renewal>> Sessions::Renew(const std::vector<scheduling::Heartbeat>& heartbeats) {
  using Result = std::vector<Renewal>;
  json workers = json::array();
  for (const auto& heartbeat : heartbeats) {
    if (!scheduling::IsUuid(heartbeat.session.worker_id)) continue;
    workers.push_back({{"worker_id", heartbeat.session.worker_id}, {"epoch", heartbeat.session.epoch}});
  }
  return context_.pool.Ask<Result>("renew leases", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    std::set<std::pair<std::string, std::uint64_t>> current;
    for (const auto& row : transaction.Run(kSee, workers.dump())) {
      current.emplace(Text(row["worker_id"]), row["epoch"].as<std::uint64_t>());
      // A long silence had marked it offline; its stream lives after all.
      if (!row["connected"].as<bool>()) {
        transaction.Run(kReconnect, Text(row["worker_id"]), row["epoch"].as<std::uint64_t>());
        transaction.Ring(scheduling::Bell::kPlan);
      }
    }
    json leases = json::array();
    json uses = json::array();
    for (const auto& [session, attempts, device_use] : heartbeats) {
      if (current.count({session.worker_id, session.epoch}) == 0) continue;
      for (const AttemptRef& attempt : attempts) {
        if (!scheduling::IsUuid(attempt.key.task_id)) continue;
        leases.push_back({{"task_id", attempt.key.task_id},
                          {"attempt_no", attempt.key.attempt_no},
                          {"token", attempt.token},
                          {"worker_id", session.worker_id}});
      }
      for (const auto& use : device_use) {
        uses.push_back({{"uuid", use.uuid}, {"worker_id", session.worker_id}, {"used_bytes", use.memory_used_bytes}});
      }
    }
    std::set<AttemptKey> renewed;
    if (!leases.empty()) {
      for (const auto& row : transaction.Run(kRenew, leases.dump(), Seconds(context_.settings.lease))) {
        renewed.insert({Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()});
      }
    }
    if (!uses.empty()) transaction.Run(kUse, uses.dump());
    Result renewals;
    for (const auto& heartbeat : heartbeats) {
      Renewal& renewal = renewals.emplace_back();
      if (current.count({heartbeat.session.worker_id, heartbeat.session.epoch}) == 0) {
        renewal.session = Renewal::Session::kFenced;
        continue;
      }
      for (const AttemptRef& attempt : heartbeat.attempts) {
        (renewed.count(attempt.key) > 0 ? renewal.renewed : renewal.stale).push_back(attempt);
      }
    }
    return renewals;
  });
}

absl::StatusOr<Disposition> Sessions::Commit(const WorkerSession& session, const AttemptRef& attempt,
                                             const scheduling::AttemptResult& result) {
  const std::string encoded = Encode(result);
  return context_.pool.Ask<Disposition>("commit a result", [&](Transaction& transaction) -> absl::StatusOr<Disposition> {
    if (const absl::Status status = RequireCurrent(context_, transaction, session); !status.ok()) return status;
    const std::string job_id = JobOfAttempt(transaction, attempt.key);
    auto job = job_id.empty() ? absl::StatusOr<LockedJob>(absl::NotFoundError("")) : LockJob(transaction, job_id);
    const auto found = FindAttempt(context_, transaction, attempt, "", session.worker_id);
    if (!found || !job.ok()) return Disposition::kStale;
    if (scheduling::IsFinal(found->state)) {
      const bool same = !found->result.empty() && transaction.Run(kSameResult, found->result, encoded)[0][0].as<bool>();
      if (same) return Disposition::kCommitted;
      AuditStale(context_, transaction, attempt, session.worker_id, "ended");
      return Disposition::kStale;
    }
    if (const absl::Status status = CheckResult(found->task_kind, result); !status.ok()) return status;
    StartJob(transaction, *job);
    // The Accept of an attempt that has ended may have been lost or overtaken.
    transaction.Run(kAccept, attempt.key.task_id, attempt.key.attempt_no, Seconds(context_.settings.lease));
    EndAttempt(context_, transaction, *job,
               ToEnding(attempt, result, encoded, job->wish == scheduling::CancelWish::kRequested));
    return Disposition::kCommitted;
  });
}

}  // namespace interneg::storage
