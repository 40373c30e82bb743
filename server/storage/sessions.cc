#include "server/storage/sessions.h"

#include <set>

#include <nlohmann/json.hpp>

#include "server/storage/event_codec.h"
#include "server/storage/lifecycle.h"

namespace interneg::storage {
namespace {

using nlohmann::json;
using scheduling::Actor;
using scheduling::AttemptKey;
using scheduling::AttemptRef;
using scheduling::AttemptState;
using scheduling::Disposition;
using scheduling::Renewal;
using scheduling::Standing;
using scheduling::WorkerSession;

constexpr Statement kEpoch = {"worker_epoch", "SELECT epoch FROM worker WHERE worker_id = $1::uuid"};
constexpr Statement kAccept = {
    "accept_attempt",
    "UPDATE attempt a SET state = 'running', accepted_at = now(), renewals = renewals + 1, "
    "  lease_until = now() + $3::double precision * interval '1 second' FROM worker w "
    "WHERE a.task_id = $1::uuid AND a.attempt_no = $2::integer AND a.state = 'offered' AND w.worker_id = a.worker_id "
    "RETURNING w.name AS worker, extract(epoch FROM now() - a.offered_at)::double precision AS seconds"};
constexpr Statement kSee = {
    "see_workers",
    "UPDATE worker_heartbeat h SET seen_at = now() FROM jsonb_to_recordset($1::jsonb) "
    "  AS x(worker_id uuid, epoch bigint, token_id uuid) "
    "JOIN worker w ON w.worker_id = x.worker_id AND w.epoch = x.epoch LEFT JOIN token t ON t.token_id = x.token_id "
    "WHERE h.worker_id = w.worker_id RETURNING h.worker_id, w.epoch, w.connected, "
    "  t.token_id IS NOT NULL AND (t.revoked_at IS NOT NULL OR t.expires_at <= clock_timestamp()) AS token_over"};
constexpr Statement kReconnect = {
    "reconnect_worker",
    "UPDATE worker SET connected = true WHERE worker_id = $1::uuid AND epoch = $2::bigint AND NOT connected"};
// Rows that another transaction holds are left for the next heartbeat: one that hangs must not hold up the farm.
constexpr Statement kRenew = {
    "renew_leases",
    "WITH free AS (SELECT l.task_id, l.attempt_no FROM attempt l JOIN jsonb_to_recordset($1::jsonb) "
    "    AS x(task_id uuid, attempt_no integer, token text, worker_id uuid) USING (task_id, attempt_no) "
    "  WHERE l.token = x.token AND l.worker_id = x.worker_id AND l.state IN ('offered', 'running') "
    "  FOR NO KEY UPDATE OF l SKIP LOCKED) "
    "UPDATE attempt a SET renewals = renewals + 1, lease_until = now() + $2::double precision * interval '1 second' "
    "FROM free WHERE a.task_id = free.task_id AND a.attempt_no = free.attempt_no RETURNING a.task_id, a.attempt_no"};
constexpr Statement kStillLive = {
    "still_live",
    "SELECT l.task_id, l.attempt_no FROM attempt l JOIN jsonb_to_recordset($1::jsonb) "
    "  AS x(task_id uuid, attempt_no integer, token text, worker_id uuid) USING (task_id, attempt_no) "
    "WHERE l.token = x.token AND l.worker_id = x.worker_id AND l.state IN ('offered', 'running')"};
constexpr Statement kUse = {
    "record_device_use",
    "WITH free AS (SELECT d.uuid, x.used_bytes FROM device d JOIN jsonb_to_recordset($1::jsonb) "
    "    AS x(uuid text, worker_id uuid, used_bytes bigint) ON d.uuid = x.uuid AND d.worker_id = x.worker_id "
    "  WHERE d.used_bytes <> x.used_bytes FOR NO KEY UPDATE OF d SKIP LOCKED) "
    "UPDATE device d SET used_bytes = free.used_bytes FROM free WHERE d.uuid = free.uuid"};
constexpr Statement kFindAttempt = {
    "find_attempt",
    "SELECT a.job_id, j.project_id, a.worker_id, a.state, a.token, a.result, a.stored_sequence, w.principal, "
    "  t.kind AS task_kind FROM attempt a JOIN task t USING (task_id) JOIN job j ON j.job_id = a.job_id "
    "  JOIN worker w ON w.worker_id = a.worker_id "
    "WHERE a.task_id = $1::uuid AND a.attempt_no = $2::integer FOR NO KEY UPDATE OF a"};
constexpr Statement kJobOfAttempt = {
    "job_of_attempt", "SELECT job_id FROM attempt WHERE task_id = $1::uuid AND attempt_no = $2::integer"};
constexpr Statement kSameResult = {"same_result", "SELECT $1::jsonb = $2::jsonb"};

std::string Subject(const AttemptKey& key) { return key.task_id + "." + std::to_string(key.attempt_no); }

double Seconds(std::chrono::milliseconds duration) { return std::chrono::duration<double>(duration).count(); }

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
    json& row =
        workers.emplace_back(json{{"worker_id", heartbeat.session.worker_id}, {"epoch", heartbeat.session.epoch}});
    if (!heartbeat.token_id.empty()) row["token_id"] = heartbeat.token_id;
  }
  return context_.pool.Ask<Result>("renew leases", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    std::set<std::pair<std::string, std::uint64_t>> current;
    std::set<std::pair<std::string, std::uint64_t>> token_over;
    for (const auto& row : transaction.Run(kSee, workers.dump())) {
      const std::pair session(Text(row["worker_id"]), row["epoch"].as<std::uint64_t>());
      if (row["token_over"].as<bool>()) {
        token_over.insert(session);
        continue;
      }
      current.insert(session);
      // A long silence had marked it offline; its stream lives after all.
      if (!row["connected"].as<bool>()) {
        transaction.Run(kReconnect, Text(row["worker_id"]), row["epoch"].as<std::uint64_t>());
        transaction.Ring(scheduling::Bell::kPlan);
      }
    }
    json leases = json::array();
    json uses = json::array();
    for (const auto& [session, attempts, device_use, token_id] : heartbeats) {
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
    std::set<AttemptKey> live;
    if (!leases.empty()) {
      for (const auto& row : transaction.Run(kRenew, leases.dump(), Seconds(context_.settings.lease))) {
        renewed.insert({Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()});
      }
      if (renewed.size() < leases.size()) {
        for (const auto& row : transaction.Run(kStillLive, leases.dump())) {
          live.insert({Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()});
        }
      }
    }
    if (!uses.empty()) transaction.Run(kUse, uses.dump());
    Result renewals;
    for (const auto& heartbeat : heartbeats) {
      Renewal& renewal = renewals.emplace_back();
      const std::pair session(heartbeat.session.worker_id, heartbeat.session.epoch);
      if (current.count(session) == 0) {
        renewal.session = token_over.count(session) > 0 ? Renewal::Session::kTokenOver : Renewal::Session::kFenced;
        continue;
      }
      for (const AttemptRef& attempt : heartbeat.attempts) {
        if (renewed.count(attempt.key) > 0) {
          renewal.renewed.push_back(attempt);
        } else if (live.count(attempt.key) == 0) {
          renewal.stale.push_back(attempt);
        }
      }
    }
    return renewals;
  });
}

absl::StatusOr<Disposition> Sessions::Commit(const WorkerSession& session, const AttemptRef& attempt,
                                             const scheduling::AttemptResult& result) {
  const std::string encoded = Encode(result);
  return context_.pool.Ask<Disposition>(
      "commit a result", [&](Transaction& transaction) -> absl::StatusOr<Disposition> {
        if (const absl::Status status = RequireCurrent(context_, transaction, session); !status.ok()) return status;
        const std::string job_id = JobOfAttempt(transaction, attempt.key);
        auto job = job_id.empty() ? absl::StatusOr<LockedJob>(absl::NotFoundError("")) : LockJob(transaction, job_id);
        const auto found = FindAttempt(context_, transaction, attempt, "", session.worker_id);
        if (!found || !job.ok()) return Disposition::kStale;
        if (scheduling::IsFinal(found->state)) {
          const bool same =
              !found->result.empty() && transaction.Run(kSameResult, found->result, encoded)[0][0].as<bool>();
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
