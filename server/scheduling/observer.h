// What the scheduler tells the metrics. Every method has an empty default and must return at once; thread-safe.
#ifndef INTERNEG_SERVER_SCHEDULING_OBSERVER_H_
#define INTERNEG_SERVER_SCHEDULING_OBSERVER_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/scheduling/state.h"

namespace interneg::scheduling {

// The whole farm at one moment; computed by the leader alone, every few seconds.
struct FarmGauges {
  struct Tasks {
    TaskKind kind;
    TaskState state;
    std::string pool;
    std::int64_t count;
  };
  struct Workers {
    WorkerState state;
    std::string pool;
    std::int64_t count;
  };
  struct DeviceMemory {
    std::string uuid;
    std::string model;
    std::string host;
    std::uint32_t ordinal;
    std::uint64_t reserved_bytes;
    std::uint64_t used_bytes;
  };
  std::vector<Tasks> tasks;
  // Ready tasks by what they wait for: "device", "root", "pool", "tag" (nobody online has it), or "order" (for
  // others to finish).
  std::vector<std::pair<std::string, std::int64_t>> waiting;
  std::vector<Workers> workers;
  std::vector<DeviceMemory> gpu_memory;
};

class Observer {
 public:
  using Seconds = std::chrono::duration<double>;
  virtual ~Observer() = default;

  virtual void TaskCompleted(TaskKind /*kind*/, TaskState /*outcome*/) {}
  virtual void AttemptEnded(AttemptState /*state*/) {}
  // From ready to claimed, and from claimed to accepted.
  virtual void QueueWait(Seconds /*wait*/) {}
  virtual void AssignToStart(Seconds /*wait*/) {}
  virtual void TaskDuration(TaskKind /*kind*/, Seconds /*duration*/) {}
  virtual void PlannerTick(Seconds /*duration*/) {}
  virtual void Leadership(bool /*leading*/) {}
  // A write for an attempt that is not the live one; reasons: "token", "ended", "worker", "session", "term".
  virtual void FencedReport(std::string_view /*reason*/) {}
  virtual void TrainSteps(std::uint64_t /*steps*/) {}
  virtual void FramesRendered(std::uint64_t /*frames*/) {}
  virtual void CheckpointCommitted() {}
  // Only called on the leader; an empty FarmGauges when leadership is lost.
  virtual void Farm(const FarmGauges& /*gauges*/) {}
  virtual void DatabasePoolWait(Seconds /*wait*/) {}
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_OBSERVER_H_
