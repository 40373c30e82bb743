#include "server/storage/claim.h"

#include <algorithm>
#include <set>

#include "server/storage/planning.h"
#include "server/storage/values.h"

namespace interneg::storage {

// Steps from one requirement that has ready tasks to the next along the index, and takes the head of each: the cost
// follows the number of requirements and of tasks taken, not that of tasks that wait.
const char* const kCandidatesSql =
    "WITH RECURSIVE waiting AS ("
    "  (SELECT requirement_id FROM task_ready ORDER BY requirement_id LIMIT 1) "
    "  UNION ALL SELECT (SELECT r.requirement_id FROM task_ready r WHERE r.requirement_id > w.requirement_id "
    "                    ORDER BY r.requirement_id LIMIT 1) FROM waiting w WHERE w.requirement_id IS NOT NULL) "
    "SELECT h.task_id, h.job_id, h.requirement_id, h.preferred_worker_id, h.rank_key, "
    "  (SELECT t.kind FROM task t WHERE t.task_id = h.task_id) AS kind, "
    "  (SELECT true FROM job_worker_record r WHERE r.job_id = h.job_id "
    "   ORDER BY r.worker_id LIMIT 1) IS NOT NULL AS recorded "
    "FROM waiting w CROSS JOIN LATERAL (SELECT * FROM task_ready r WHERE r.requirement_id = w.requirement_id "
    "  ORDER BY r.rank_key LIMIT $1::integer FOR UPDATE SKIP LOCKED) h WHERE w.requirement_id IS NOT NULL";

namespace {

using scheduling::Candidate;
using scheduling::WorkerRoom;

const Statement kCandidates = {"candidates", kCandidatesSql};
constexpr Statement kWorkers = {
    "workers_with_room",
    "SELECT w.worker_id, w.job_schema, w.pool, w.tags, w.roots, "
    "  (SELECT count(*) FROM attempt a WHERE a.worker_id = w.worker_id AND a.state IN ('offered', 'running') "
    "     AND a.device_uuid IS NULL) AS light "
    "FROM worker w WHERE w.connected AND NOT w.draining AND w.quarantined_at IS NULL ORDER BY w.worker_id"};
// A row that another transaction changed before the lock came is read again under READ COMMITTED: what is free is what
// is locked. Devices in others' hands count as taken, but count: a worker that is busy could still run the task later.
constexpr Statement kDevices = {
    "devices_with_room",
    "WITH mine AS (SELECT uuid, memory_bytes - reserved_bytes AS free_bytes, slots - reserved_slots AS free_slots "
    "  FROM device WHERE present AND reserved_slots < slots AND worker_id = ANY($1::uuid[]) "
    "  FOR NO KEY UPDATE SKIP LOCKED) "
    "SELECT d.worker_id, d.uuid, d.kind, d.memory_bytes, coalesce(m.free_bytes, 0) AS free_bytes, "
    "  coalesce(m.free_slots, 0) AS free_slots FROM device d LEFT JOIN mine m USING (uuid) "
    "WHERE d.present AND d.worker_id = ANY($1::uuid[])"};
constexpr Statement kRequirements = {"requirements",
                                     "SELECT * FROM requirement WHERE requirement_id = ANY($1::bigint[])"};
constexpr Statement kRecords = {"records", "SELECT * FROM job_worker_record WHERE job_id = ANY($1::uuid[])"};

void ReadDevices(Transaction& transaction, std::vector<WorkerRoom>& rooms) {
  std::map<std::string, WorkerRoom*> by_id;
  std::vector<std::string> ids;
  for (WorkerRoom& room : rooms) {
    by_id[room.worker_id] = &room;
    ids.push_back(room.worker_id);
  }
  for (const auto& row : transaction.Run(kDevices, List(ids))) {
    by_id.at(Text(row["worker_id"]))
        ->devices.push_back({Text(row["uuid"]), Named<scheduling::DeviceKind>(row["kind"]),
                             row["memory_bytes"].as<std::uint64_t>(), row["free_bytes"].as<std::uint64_t>(),
                             row["free_slots"].as<int>()});
  }
}

// Read within this transaction, so committed: nobody changes or deletes a requirement.
void LearnRequirements(Transaction& transaction, const std::vector<std::string>& ids,
                       std::map<std::int64_t, scheduling::Requirement>& known) {
  for (const auto& row : transaction.Run(kRequirements, List(ids))) {
    scheduling::Requirement& requirement = known[row["requirement_id"].as<std::int64_t>()];
    requirement.weight =
        Text(row["weight"]) == "light" ? scheduling::Weight::kLight : scheduling::Weight::kDevice;
    requirement.job_schema = row["job_schema"].as<std::uint32_t>();
    requirement.pool = Text(row["pool"]);
    requirement.tags = Elements(row["tags"]);
    requirement.roots = Elements(row["roots"]);
    if (!Text(row["device_kind"]).empty()) {
      requirement.device_kind = Named<scheduling::DeviceKind>(row["device_kind"]);
    }
    requirement.device_memory_bytes = row["device_memory_bytes"].as<std::uint64_t>();
  }
}

}  // namespace

std::vector<WorkerRoom> ReadRoom(Transaction& transaction, int light_tasks) {
  std::vector<WorkerRoom> rooms;
  for (const auto& row : transaction.Run(kWorkers)) {
    WorkerRoom room;
    room.worker_id = Text(row["worker_id"]);
    room.job_schema = row["job_schema"].as<std::uint32_t>();
    room.pool = Text(row["pool"]);
    room.tags = Elements(row["tags"]);
    room.roots = Elements(row["roots"]);
    room.free_light_places = std::max(0, light_tasks - row["light"].as<int>());
    rooms.push_back(std::move(room));
  }
  ReadDevices(transaction, rooms);
  return rooms;
}

Waiting ReadWaiting(Transaction& transaction, int limit) {
  Waiting waiting;
  std::vector<std::pair<long long, Candidate>> ranked;
  for (const auto& row : transaction.Run(kCandidates, limit)) {
    const auto kind = Named<scheduling::TaskKind>(row["kind"]);
    if (kind != scheduling::TaskKind::kProbe && kind != scheduling::TaskKind::kPublish) waiting.want_inputs = true;
    if (row["recorded"].as<bool>()) waiting.recorded_jobs.insert(Text(row["job_id"]));
    ranked.emplace_back(row["rank_key"].as<long long>(),
                        Candidate{Text(row["task_id"]), Text(row["job_id"]), row["requirement_id"].as<std::int64_t>(),
                                  Text(row["preferred_worker_id"])});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [rank, candidate] : ranked) waiting.candidates.push_back(std::move(candidate));
  return waiting;
}

std::map<std::int64_t, scheduling::Requirement> ReadRequirements(Transaction& transaction,
                                                                 const std::vector<Candidate>& candidates) {
  auto& known = transaction.connection().requirements;
  std::set<std::string> unknown;
  for (const Candidate& candidate : candidates) {
    if (known.count(candidate.requirement_id) == 0) unknown.insert(std::to_string(candidate.requirement_id));
  }
  if (!unknown.empty()) LearnRequirements(transaction, {unknown.begin(), unknown.end()}, known);
  std::map<std::int64_t, scheduling::Requirement> requirements;
  for (const Candidate& candidate : candidates) {
    const auto found = known.find(candidate.requirement_id);
    if (found != known.end()) requirements.insert(*found);
  }
  return requirements;
}

scheduling::TrackRecords ReadRecords(Transaction& transaction, const std::set<std::string>& jobs) {
  scheduling::TrackRecords records;
  if (jobs.empty()) return records;
  for (const auto& row : transaction.Run(kRecords, List(std::vector<std::string>(jobs.begin(), jobs.end())))) {
    records[{Text(row["job_id"]), Text(row["worker_id"])}] = {row["failures"].as<int>(), row["rejections"].as<int>()};
  }
  return records;
}

}  // namespace interneg::storage
