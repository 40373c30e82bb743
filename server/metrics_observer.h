// What the scheduler observes, put into the metrics.
#ifndef INTERNEG_SERVER_METRICS_OBSERVER_H_
#define INTERNEG_SERVER_METRICS_OBSERVER_H_

#include "server/metrics/metrics.h"
#include "server/scheduling/observer.h"

namespace interneg::server {

class MetricsObserver final : public scheduling::Observer {
 public:
  explicit MetricsObserver(metrics::Metrics& metrics) : metrics_(metrics) {}

  void TaskCompleted(scheduling::TaskKind kind, scheduling::TaskState outcome) override;
  void AttemptEnded(scheduling::AttemptState state) override;
  void QueueWait(Seconds wait) override;
  void AssignToStart(Seconds wait) override;
  void TaskDuration(scheduling::TaskKind kind, Seconds duration) override;
  void PlannerTick(Seconds duration) override;
  void Leadership(bool leading) override;
  void FencedReport(std::string_view reason) override;
  void TrainSteps(std::uint64_t steps) override;
  void FramesRendered(std::uint64_t frames) override;
  void CheckpointCommitted() override;
  void Farm(const scheduling::FarmGauges& gauges) override;
  void DatabasePoolWait(Seconds wait) override;

 private:
  metrics::Metrics& metrics_;
};

}  // namespace interneg::server

#endif  // INTERNEG_SERVER_METRICS_OBSERVER_H_
