#include "server/scheduling/matching.h"

#include <algorithm>

namespace interneg::scheduling {
namespace {

bool HoldsAll(const std::vector<std::string>& held, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return std::find(held.begin(), held.end(), name) != held.end();
  });
}

bool KindFits(const Requirement& requirement, const DeviceRoom& device) {
  return !requirement.device_kind || *requirement.device_kind == device.kind;
}

// The free device that fits; CUDA before CPU, then the one with the least memory, so that large ones stay free.
DeviceRoom* FreeDevice(const Requirement& requirement, WorkerRoom& worker) {
  DeviceRoom* best = nullptr;
  for (DeviceRoom& device : worker.devices) {
    if (device.free_slots <= 0 || !KindFits(requirement, device)) continue;
    if (device.free_bytes < requirement.device_memory_bytes) continue;
    if (best == nullptr || (device.kind == DeviceKind::kCuda) > (best->kind == DeviceKind::kCuda) ||
        (device.kind == best->kind && device.memory_bytes < best->memory_bytes)) {
      best = &device;
    }
  }
  return best;
}

bool HasRoom(const Requirement& requirement, WorkerRoom& worker) {
  if (requirement.weight == Weight::kLight) return worker.free_light_places > 0;
  return FreeDevice(requirement, worker) != nullptr;
}

// The chosen worker, or the number of workers when none has room.
class Choice {
 public:
  Choice(const TrackRecords& records, int failures_to_exclude)
      : records_(records), failures_to_exclude_(failures_to_exclude) {}

  std::size_t Choose(const Candidate& candidate, const Requirement& requirement,
                     const std::vector<std::size_t>& suited, std::vector<WorkerRoom>& workers) const {
    const bool somebody_is_trusted = std::any_of(suited.begin(), suited.end(), [&](std::size_t index) {
      return !Excluded(candidate, workers[index]);
    });
    std::size_t best = workers.size();
    int best_score = 0;
    for (const std::size_t index : suited) {
      WorkerRoom& worker = workers[index];
      if ((somebody_is_trusted && Excluded(candidate, worker)) || !HasRoom(requirement, worker)) continue;
      const int score = Score(candidate, worker);
      if (best != workers.size() && score >= best_score) continue;
      best = index;
      best_score = score;
      if (score < 0) break;
    }
    return best;
  }

 private:
  TrackRecord Record(const Candidate& candidate, const WorkerRoom& worker) const {
    if (records_.empty()) return {};
    const auto found = records_.find({candidate.job_id, worker.worker_id});
    return found == records_.end() ? TrackRecord{} : found->second;
  }
  bool Excluded(const Candidate& candidate, const WorkerRoom& worker) const {
    return Record(candidate, worker).failures >= failures_to_exclude_;
  }
  // Lower is better; below 0 for the preferred one.
  int Score(const Candidate& candidate, const WorkerRoom& worker) const {
    const TrackRecord record = Record(candidate, worker);
    if (record.failures + record.rejections > 0) return record.failures + record.rejections;
    return candidate.preferred_worker_id == worker.worker_id ? -1 : 0;
  }

  const TrackRecords& records_;
  const int failures_to_exclude_;
};

Placement Take(const Requirement& requirement, WorkerRoom& worker) {
  Placement placement;
  if (requirement.weight == Weight::kLight) {
    --worker.free_light_places;
    return placement;
  }
  DeviceRoom& device = *FreeDevice(requirement, worker);
  --device.free_slots;
  device.free_bytes -= requirement.device_memory_bytes;
  placement.device_uuid = device.uuid;
  placement.reserved_bytes = requirement.device_memory_bytes;
  return placement;
}

}  // namespace

bool Suits(const Requirement& requirement, const WorkerRoom& worker) {
  if (requirement.job_schema > worker.job_schema) return false;
  if (!requirement.pool.empty() && requirement.pool != worker.pool) return false;
  if (!HoldsAll(worker.tags, requirement.tags) || !HoldsAll(worker.roots, requirement.roots)) return false;
  if (requirement.weight == Weight::kLight) return true;
  return std::any_of(worker.devices.begin(), worker.devices.end(), [&](const DeviceRoom& device) {
    return KindFits(requirement, device) && device.memory_bytes >= requirement.device_memory_bytes;
  });
}

std::vector<Placement> Place(const std::vector<Candidate>& candidates,
                             const std::map<std::int64_t, Requirement>& requirements, const TrackRecords& records,
                             int failures_to_exclude, std::vector<WorkerRoom>& workers) {
  std::map<std::int64_t, std::vector<std::size_t>> suited;
  for (const auto& [id, requirement] : requirements) {
    for (std::size_t i = 0; i < workers.size(); ++i) {
      if (Suits(requirement, workers[i])) suited[id].push_back(i);
    }
  }
  const Choice choice(records, failures_to_exclude);
  std::vector<Placement> placements;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto requirement = requirements.find(candidates[i].requirement_id);
    if (requirement == requirements.end()) continue;
    const std::size_t worker =
        choice.Choose(candidates[i], requirement->second, suited[requirement->first], workers);
    if (worker == workers.size()) continue;
    Placement placement = Take(requirement->second, workers[worker]);
    placement.candidate = i;
    placement.worker = worker;
    placements.push_back(std::move(placement));
  }
  return placements;
}

}  // namespace interneg::scheduling
