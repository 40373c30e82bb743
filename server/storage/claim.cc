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
    "SELECT h.task_id, h.job_id, h.requirement_id, h.preferred_worker_id, h.rank_key "
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
constexpr Statement kDevices = {
    "devices_with_room",
    "SELECT d.worker_id, d.uuid, d.kind, d.memory_bytes, d.memory_bytes - d.reserved_bytes AS free_bytes, "
    "  d.slots - d.reserved_slots AS free_slots FROM device d "
    "WHERE d.present AND d.worker_id = ANY($1::uuid[])"};
constexpr Statement kLockDevices = {
    "lock_free_devices",
    "SELECT uuid FROM device WHERE present AND reserved_slots < slots AND worker_id = ANY($1::uuid[]) "
    "FOR NO KEY UPDATE SKIP LOCKED"};
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
  // Locked first, then read by a statement of its own, whose snapshot is younger than the locks.
  std::set<std::string> locked;
  for (const auto& row : transaction.Run(kLockDevices, List(ids))) locked.insert(Text(row["uuid"]));
  for (const auto& row : transaction.Run(kDevices, List(ids))) {
    scheduling::DeviceRoom device{Text(row["uuid"]), Named<scheduling::DeviceKind>(row["kind"]),
                                  row["memory_bytes"].as<std::uint64_t>(), row["free_bytes"].as<std::uint64_t>(),
                                  row["free_slots"].as<int>()};
    if (locked.count(device.uuid) == 0) device.free_slots = 0;
    by_id.at(Text(row["worker_id"]))->devices.push_back(std::move(device));
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

std::vector<Candidate> ReadCandidates(Transaction& transaction, int limit) {
  std::vector<std::pair<long long, Candidate>> ranked;
  for (const auto& row : transaction.Run(kCandidates, limit)) {
    ranked.emplace_back(row["rank_key"].as<long long>(),
                        Candidate{Text(row["task_id"]), Text(row["job_id"]), row["requirement_id"].as<std::int64_t>(),
                                  Text(row["preferred_worker_id"])});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Candidate> candidates;
  for (auto& [rank, candidate] : ranked) candidates.push_back(std::move(candidate));
  return candidates;
}

std::map<std::int64_t, scheduling::Requirement> ReadRequirements(Transaction& transaction,
                                                                 const std::vector<Candidate>& candidates) {
  std::set<std::string> ids;
  for (const Candidate& candidate : candidates) ids.insert(std::to_string(candidate.requirement_id));
  std::map<std::int64_t, scheduling::Requirement> requirements;
  for (const auto& row : transaction.Run(kRequirements, List(std::vector<std::string>(ids.begin(), ids.end())))) {
    scheduling::Requirement& requirement = requirements[row["requirement_id"].as<std::int64_t>()];
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
  return requirements;
}

scheduling::TrackRecords ReadRecords(Transaction& transaction, const std::vector<Candidate>& candidates) {
  std::set<std::string> ids;
  for (const Candidate& candidate : candidates) ids.insert(candidate.job_id);
  scheduling::TrackRecords records;
  for (const auto& row : transaction.Run(kRecords, List(std::vector<std::string>(ids.begin(), ids.end())))) {
    records[{Text(row["job_id"]), Text(row["worker_id"])}] = {row["failures"].as<int>(), row["rejections"].as<int>()};
  }
  return records;
}

}  // namespace interneg::storage
