#include <map>

#include "server/storage/lifecycle.h"
#include "server/storage/sessions.h"

namespace interneg::storage {
namespace {

using scheduling::Page;
using scheduling::Paged;
using scheduling::Worker;

constexpr Statement kListWorkers = {
    "list_workers",
    "SELECT w.worker_id, w.name, w.host, w.pool, w.tags, w.version, w.connected, w.draining, "
    "  w.quarantined_at IS NOT NULL AS quarantined, (extract(epoch FROM h.seen_at) * 1000000)::bigint AS seen_us "
    "FROM worker w LEFT JOIN worker_heartbeat h USING (worker_id) WHERE w.name > $1 ORDER BY w.name LIMIT $2::integer"};
constexpr Statement kReadWorker = {
    "read_worker",
    "SELECT w.worker_id, w.name, w.host, w.pool, w.tags, w.version, w.connected, w.draining, "
    "  w.quarantined_at IS NOT NULL AS quarantined, (extract(epoch FROM h.seen_at) * 1000000)::bigint AS seen_us "
    "FROM worker w LEFT JOIN worker_heartbeat h USING (worker_id) "
    "WHERE w.worker_id = $1::uuid"};
constexpr Statement kFindWorker = {
    "find_worker", "SELECT worker_id FROM worker WHERE worker_id::text = lower($1) OR name = $1 FOR NO KEY UPDATE"};
constexpr Statement kDevices = {
    "devices_of",
    "SELECT * FROM device WHERE present AND worker_id = ANY($1::uuid[]) ORDER BY worker_id, kind, ordinal"};
constexpr Statement kRunning = {
    "running_on",
    "SELECT a.worker_id, a.task_id, a.attempt_no, a.job_id, t.kind FROM attempt a JOIN task t USING (task_id) "
    "WHERE a.state = 'running' AND a.worker_id = ANY($1::uuid[]) ORDER BY a.offered_at"};
constexpr Statement kSetDraining = {
    "set_draining",
    "UPDATE worker SET draining = $2::boolean, "
    "  quarantined_at = CASE WHEN $2::boolean THEN quarantined_at END, "
    "  failures_in_a_row = CASE WHEN $2::boolean THEN failures_in_a_row ELSE 0 END WHERE worker_id = $1::uuid"};

scheduling::WorkerState ToState(const pqxx::row& row) {
  using State = scheduling::WorkerState;
  if (row["quarantined"].as<bool>()) return State::kQuarantined;
  if (!row["connected"].as<bool>()) return State::kOffline;
  return row["draining"].as<bool>() ? State::kDraining : State::kOnline;
}

Worker ToWorker(const pqxx::row& row) {
  Worker worker;
  worker.worker_id = Text(row["worker_id"]);
  worker.name = Text(row["name"]);
  worker.host = Text(row["host"]);
  worker.state = ToState(row);
  worker.pool = Text(row["pool"]);
  worker.tags = Elements(row["tags"]);
  worker.version = Text(row["version"]);
  worker.last_seen_at = OptionalTime(row["seen_us"]);
  return worker;
}

// Adds devices and running attempts to workers read before.
void Furnish(Transaction& transaction, std::vector<Worker>& workers) {
  std::map<std::string, Worker*> by_id;
  std::vector<std::string> ids;
  for (Worker& worker : workers) {
    by_id[worker.worker_id] = &worker;
    ids.push_back(worker.worker_id);
  }
  for (const auto& row : transaction.Run(kDevices, List(ids))) {
    by_id.at(Text(row["worker_id"]))
        ->devices.push_back({Text(row["uuid"]), Named<scheduling::DeviceKind>(row["kind"]), Text(row["model"]),
                             row["memory_bytes"].as<std::uint64_t>(), row["cores"].as<std::uint32_t>(),
                             row["ordinal"].as<std::uint32_t>()});
  }
  for (const auto& row : transaction.Run(kRunning, List(ids))) {
    by_id.at(Text(row["worker_id"]))
        ->running.push_back({{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()},
                             Text(row["job_id"]),
                             Named<scheduling::TaskKind>(row["kind"])});
  }
}

absl::StatusOr<Worker> ReadWorker(Transaction& transaction, const std::string& id_or_name) {
  const auto found = transaction.Run(kFindWorker, id_or_name);
  if (found.empty()) return NotFound("worker", id_or_name);
  std::vector<Worker> workers{ToWorker(transaction.Run(kReadWorker, Text(found[0][0]))[0])};
  Furnish(transaction, workers);
  return workers[0];
}

}  // namespace

absl::StatusOr<Paged<Worker>> Sessions::ListWorkers(const Page& page) {
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  return context_.pool.Read<Paged<Worker>>(
      "list workers", [&](Transaction& transaction) -> absl::StatusOr<Paged<Worker>> {
        Paged<Worker> workers;
        for (const auto& row : transaction.Run(kListWorkers, page.after, *size + 1)) {
          if (static_cast<int>(workers.rows.size()) == *size) {
            workers.next = workers.rows.back().name;
            break;
          }
          workers.rows.push_back(ToWorker(row));
        }
        Furnish(transaction, workers.rows);
        return workers;
      });
}

absl::StatusOr<Worker> Sessions::GetWorker(const std::string& id_or_name) {
  return context_.pool.Read<Worker>("read a worker",
                                   [&](Transaction& transaction) { return ReadWorker(transaction, id_or_name); });
}

absl::StatusOr<Worker> Sessions::SetDraining(const scheduling::Actor& actor, const std::string& id_or_name,
                                             bool draining) {
  return context_.pool.Ask<Worker>("drain a worker", [&](Transaction& transaction) -> absl::StatusOr<Worker> {
    const auto found = transaction.Run(kFindWorker, id_or_name);
    if (found.empty()) return NotFound("worker", id_or_name);
    transaction.Run(kSetDraining, Text(found[0][0]), draining);
    Audit(transaction, actor.principal, draining ? "worker.drain" : "worker.undrain", Text(found[0][0]), "");
    transaction.Ring(scheduling::Bell::kWorkers);
    transaction.Ring(scheduling::Bell::kPlan);
    return ReadWorker(transaction, Text(found[0][0]));
  });
}

absl::StatusOr<Worker> Sessions::Drain(const scheduling::Actor& actor, const std::string& id_or_name) {
  return SetDraining(actor, id_or_name, true);
}

absl::StatusOr<Worker> Sessions::Undrain(const scheduling::Actor& actor, const std::string& id_or_name) {
  return SetDraining(actor, id_or_name, false);
}

}  // namespace interneg::storage
