#include "server/metrics_observer.h"

namespace interneg::server {

using scheduling::Name;

void MetricsObserver::TaskCompleted(scheduling::TaskKind kind, scheduling::TaskState outcome) {
  metrics_.TaskCompleted(Name(kind), Name(outcome));
}

void MetricsObserver::AttemptEnded(scheduling::AttemptState state) {
  metrics_.AttemptEnded(Name(state));
}

void MetricsObserver::QueueWait(Seconds wait) {
  metrics_.TaskClaimed(wait);
}

void MetricsObserver::AssignToStart(Seconds wait) {
  metrics_.AttemptStarted(wait);
}

void MetricsObserver::TaskDuration(scheduling::TaskKind kind, Seconds duration) {
  metrics_.TaskRan(Name(kind), duration);
}

void MetricsObserver::PlannerTick(Seconds duration) {
  metrics_.PlannerTicked(duration);
}

void MetricsObserver::Leadership(bool leading) {
  if (leading) {
    metrics_.BecameLeader();
  } else {
    metrics_.LostLeadership();
  }
}

void MetricsObserver::FencedReport(std::string_view reason) {
  metrics_.ReportFenced(reason);
}

void MetricsObserver::TrainSteps(std::uint64_t steps) {
  metrics_.StepsTrained(static_cast<double>(steps));
}

void MetricsObserver::FramesRendered(std::uint64_t frames) {
  metrics_.FramesRendered(static_cast<double>(frames));
}

void MetricsObserver::CheckpointCommitted() {
  metrics_.CheckpointCommitted();
}

void MetricsObserver::Farm(const scheduling::FarmGauges& gauges) {
  metrics::FarmSnapshot farm;
  for (const auto& tasks : gauges.tasks) {
    farm.tasks.push_back({std::string(Name(tasks.kind)), std::string(Name(tasks.state)), tasks.pool, tasks.count});
  }
  for (const auto& [reason, count] : gauges.waiting) farm.waiting.push_back({reason, count});
  for (const auto& workers : gauges.workers) {
    farm.workers.push_back({std::string(Name(workers.state)), workers.pool, workers.count});
  }
  for (const auto& gpu : gauges.gpu_memory) {
    farm.gpus.push_back(
        {std::to_string(gpu.ordinal), gpu.uuid, gpu.model, gpu.host, gpu.reserved_bytes, gpu.used_bytes});
  }
  metrics_.SetFarm(farm);
}

void MetricsObserver::DatabasePoolWait(Seconds wait) {
  metrics_.WaitedForConnection(wait);
}

}  // namespace interneg::server
