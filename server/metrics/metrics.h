// Every metric the server exports, under its one name. Callers see plain numbers and words; Prometheus' types stay
// inside. A scrape reads memory alone: the gauges of the whole farm are set by the planner from its own tick.
//
// Labels are bounded: kinds, states, reasons, methods, pools, devices; never a job, frame or person.
#ifndef INTERNEG_SERVER_METRICS_METRICS_H_
#define INTERNEG_SERVER_METRICS_METRICS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace interneg::metrics {

using Seconds = std::chrono::duration<double>;

// The farm as one tick of the planner saw it. What it does not name reads 0 from then on.
struct FarmSnapshot {
  struct Tasks {
    std::string kind, state, pool;
    std::int64_t count = 0;
  };
  struct Waiting {
    std::string reason;
    std::int64_t count = 0;
  };
  struct Workers {
    std::string state, pool;
    std::int64_t count = 0;
  };
  // Labels that join those of NVIDIA's DCGM exporter.
  struct GpuMemory {
    std::string gpu, uuid, model_name, hostname;
    std::uint64_t reserved_bytes = 0;
    std::uint64_t used_bytes = 0;
  };
  std::vector<Tasks> tasks;
  std::vector<Waiting> waiting;
  std::vector<Workers> workers;
  std::vector<GpuMemory> gpus;
};

// Threads: every method may be called from any thread and does not block on I/O.
class Metrics {
 public:
  using MonotonicClock = std::function<std::chrono::steady_clock::time_point()>;

  // `version` is shown by interneg_build_info; `clock` tells how old the last checkpoint is.
  Metrics(std::string_view version, MonotonicClock clock);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A task reached a final state ("succeeded", "failed", "cancelled").
  void TaskCompleted(std::string_view kind, std::string_view outcome);
  void TaskRan(std::string_view kind, Seconds duration);
  // From ready to claimed.
  void TaskClaimed(Seconds queue_wait);
  // From claimed to the worker's word that its engine runs.
  void AttemptStarted(Seconds assign_to_start);
  // `reason` is the attempt's final state.
  void AttemptEnded(std::string_view reason);
  void PlannerTicked(Seconds duration);
  // A worker's write was refused: "stale_attempt", "old_epoch", "wrong_worker" …
  void ReportFenced(std::string_view reason);
  void CheckpointCommitted();
  void StepsTrained(double count);
  void FramesRendered(double count);
  // `method` as "JobService/SubmitJob", `code` as gRPC names it ("OK", "NOT_FOUND").
  void RequestAnswered(std::string_view method, std::string_view code);
  void WaitedForConnection(Seconds duration);

  // Only the leader exports the farm's gauges; a replica that has lost the term takes them away.
  void BecameLeader();
  void LostLeadership();
  // Ignored unless leading.
  void SetFarm(const FarmSnapshot& farm);

  // Everything in Prometheus' text format.
  std::string Exposition() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace interneg::metrics

#endif  // INTERNEG_SERVER_METRICS_METRICS_H_
