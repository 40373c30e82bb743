#include <map>

#include "server/scheduling/matching.h"
#include "server/storage/claim.h"
#include "server/storage/planning.h"

namespace interneg::storage {
namespace {

using scheduling::FarmGauges;

constexpr Statement kTaskGauges = {
    "task_gauges",
    "SELECT t.kind, t.state, j.pool, count(*) AS count FROM task t JOIN job j USING (job_id) "
    "WHERE j.ended_at IS NULL GROUP BY 1, 2, 3"};
constexpr Statement kWorkerGauges = {
    "worker_gauges",
    "SELECT CASE WHEN quarantined_at IS NOT NULL THEN 'quarantined' WHEN NOT connected THEN 'offline' "
    "  WHEN draining THEN 'draining' ELSE 'online' END AS state, pool, count(*) AS count FROM worker GROUP BY 1, 2"};
constexpr Statement kMemoryGauges = {
    "memory_gauges",
    "SELECT d.uuid, d.model, w.host, d.ordinal, d.reserved_bytes, d.used_bytes FROM device d JOIN worker w "
    "USING (worker_id) WHERE d.present AND d.kind = 'cuda'"};
constexpr Statement kWaitingCounts = {
    "waiting_counts", "SELECT requirement_id, count(*) AS count FROM task_ready GROUP BY 1"};

// Why ready tasks of one requirement wait, judged by the whole farm that is online now.
std::string WaitingFor(const scheduling::Requirement& requirement, const std::vector<scheduling::WorkerRoom>& workers) {
  bool pool = false;
  bool root = false;
  bool device = false;
  for (const auto& worker : workers) {
    scheduling::Requirement easier = requirement;
    easier.weight = scheduling::Weight::kLight;
    if (scheduling::Suits(requirement, worker)) return "order";
    device = device || scheduling::Suits(easier, worker);
    easier.roots.clear();
    root = root || scheduling::Suits(easier, worker);
    pool = pool || requirement.pool.empty() || requirement.pool == worker.pool;
  }
  if (device) return "device";
  if (root) return "root";
  return pool ? "tag" : "pool";
}

void CountWaiting(Transaction& transaction, int light_tasks, FarmGauges& gauges) {
  std::vector<scheduling::Candidate> ready;
  std::map<std::int64_t, std::int64_t> counts;
  for (const auto& row : transaction.Run(kWaitingCounts)) {
    ready.push_back({"", "", row["requirement_id"].as<std::int64_t>(), ""});
    counts[ready.back().requirement_id] = row["count"].as<std::int64_t>();
  }
  const auto workers = ReadRoom(transaction, light_tasks);
  std::map<std::string, std::int64_t> waiting;
  for (const auto& [id, requirement] : ReadRequirements(transaction, ready)) {
    waiting[WaitingFor(requirement, workers)] += counts[id];
  }
  gauges.waiting.assign(waiting.begin(), waiting.end());
}

}  // namespace

absl::StatusOr<FarmGauges> Planning::Gauges() {
  return context_.pool.Read<FarmGauges>("read gauges", [&](Transaction& transaction) -> absl::StatusOr<FarmGauges> {
    FarmGauges gauges;
    for (const auto& row : transaction.Run(kTaskGauges)) {
      gauges.tasks.push_back({Named<scheduling::TaskKind>(row["kind"]), Named<scheduling::TaskState>(row["state"]),
                              Text(row["pool"]), row["count"].as<std::int64_t>()});
    }
    for (const auto& row : transaction.Run(kWorkerGauges)) {
      gauges.workers.push_back({Named<scheduling::WorkerState>(row["state"]), Text(row["pool"]),
                                row["count"].as<std::int64_t>()});
    }
    for (const auto& row : transaction.Run(kMemoryGauges)) {
      gauges.gpu_memory.push_back({Text(row["uuid"]), Text(row["model"]), Text(row["host"]),
                                   row["ordinal"].as<std::uint32_t>(), row["reserved_bytes"].as<std::uint64_t>(),
                                   row["used_bytes"].as<std::uint64_t>()});
    }
    CountWaiting(transaction, context_.settings.light_tasks, gauges);
    return gauges;
  });
}

}  // namespace interneg::storage
