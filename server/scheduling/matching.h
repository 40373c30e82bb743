// Which ready task goes to which worker. Pure: takes what was read, returns what to write.
#ifndef INTERNEG_SERVER_SCHEDULING_MATCHING_H_
#define INTERNEG_SERVER_SCHEDULING_MATCHING_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/scheduling/state.h"

namespace interneg::scheduling {

// Light tasks take one of a worker's light places, others a device.
enum class Weight { kLight, kDevice };

struct Requirement {
  Weight weight = Weight::kDevice;
  std::uint32_t job_schema = 1;
  // Empty: any.
  std::string pool;
  std::vector<std::string> tags;
  std::vector<std::string> roots;
  std::optional<DeviceKind> device_kind;
  std::uint64_t device_memory_bytes = 0;
};

struct DeviceRoom {
  std::string uuid;
  DeviceKind kind = DeviceKind::kCpu;
  std::uint64_t memory_bytes = 0;
  std::uint64_t free_bytes = 0;
  int free_slots = 0;
};

// A worker that may be given work now.
struct WorkerRoom {
  std::string worker_id;
  std::uint32_t job_schema = 0;
  std::string pool;
  std::vector<std::string> tags;
  std::vector<std::string> roots;
  std::vector<DeviceRoom> devices;
  int free_light_places = 0;
};

struct Candidate {
  std::string task_id;
  std::string job_id;
  std::int64_t requirement_id = 0;
  // The worker that has something at hand for the task already; empty: none.
  std::string preferred_worker_id;
};

// What a worker did with a job before.
struct TrackRecord {
  int failures = 0;
  int rejections = 0;
};
using TrackRecords = std::map<std::pair<std::string, std::string>, TrackRecord>;  // (job id, worker id)

struct Placement {
  // Index among the candidates, and among the workers.
  std::size_t candidate = 0;
  std::size_t worker = 0;
  // Empty for a light task.
  std::string device_uuid;
  std::uint64_t reserved_bytes = 0;
};

// Whether the worker could ever run such a task, were all of it free.
bool Suits(const Requirement& requirement, const WorkerRoom& worker);

// Places candidates in the order given, each on the preferred worker when it has room, else on the one with the best
// record for its job. A worker with `failures_to_exclude` failures of a job gets that job only when no other worker
// suits it at all. Takes the room from `workers`. Candidates without room are left out.
std::vector<Placement> Place(const std::vector<Candidate>& candidates,
                             const std::map<std::int64_t, Requirement>& requirements, const TrackRecords& records,
                             int failures_to_exclude, std::vector<WorkerRoom>& workers);

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_MATCHING_H_
