#include "server/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace interneg::metrics {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;
using prometheus::Registry;

Family<Counter>& Count(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
Family<Gauge>& Level(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
Family<Histogram>& Times(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

// Milliseconds to an hour: waits in a queue and the runs of tasks.
Histogram::BucketBoundaries LongBounds() {
  return {0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400};
}
// A tenth of a millisecond to ten seconds: what the server itself does.
Histogram::BucketBoundaries ShortBounds() {
  return {0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};
}

std::string Text(std::string_view text) {
  return std::string(text);
}

// The gauges of one family that one planner tick sets; those of the tick before that are not set again disappear, so
// that a pool or device that is gone leaves no stale line.
class SnapshotFamily {
 public:
  explicit SnapshotFamily(Family<Gauge>& family) : family_(family) {}
  void Set(const Labels& labels, double value) {
    Gauge* gauge = &family_.Add(labels);
    gauge->Set(value);
    fresh_.push_back(gauge);
  }
  void Finish() {
    for (Gauge* old : shown_) {
      if (std::find(fresh_.begin(), fresh_.end(), old) == fresh_.end()) family_.Remove(old);
    }
    shown_ = std::exchange(fresh_, {});
  }

 private:
  Family<Gauge>& family_;
  std::vector<Gauge*> shown_, fresh_;
};

}  // namespace

struct Metrics::Families {
  Registry registry;

  Family<Counter>& tasks_completed =
      Count(registry, "interneg_tasks_completed_total", "Tasks that reached a final state.");
  Family<Counter>& attempts_ended = Count(registry, "interneg_attempts_ended_total", "Attempts that ended, by reason.");
  Family<Counter>& fenced_reports =
      Count(registry, "interneg_fenced_reports_total", "Writes of workers that were refused as no longer theirs.");
  Family<Counter>& grpc_requests = Count(registry, "interneg_grpc_requests_total", "Calls answered.");
  Counter& train_steps = Count(registry, "interneg_train_steps_total", "Training steps that workers reported.").Add({});
  Counter& frames_rendered =
      Count(registry, "interneg_frames_rendered_total", "Rendered frames that workers reported.").Add({});

  Histogram& queue_wait =
      Times(registry, "interneg_queue_wait_seconds", "From ready to claimed.").Add({}, LongBounds());
  Histogram& assign_to_start =
      Times(registry, "interneg_assign_to_start_seconds", "From claimed to a running engine.").Add({}, LongBounds());
  Family<Histogram>& task_duration =
      Times(registry, "interneg_task_duration_seconds", "From a task's first start to its end.");
  Histogram& planner_tick =
      Times(registry, "interneg_planner_tick_seconds", "One planning batch.").Add({}, ShortBounds());
  Histogram& db_pool_wait =
      Times(registry, "interneg_db_pool_wait_seconds", "Waiting for a database connection.").Add({}, ShortBounds());

  Gauge& leader = Level(registry, "interneg_leader", "1 on the replica that plans.").Add({});
  Family<Gauge>& build_info = Level(registry, "interneg_build_info", "Always 1; the label tells the version.");

  std::mutex farm_mutex;
  bool leading = false;
  SnapshotFamily tasks{Level(registry, "interneg_tasks", "Tasks of unfinished jobs. From the leader alone.")};
  SnapshotFamily waiting{
      Level(registry, "interneg_waiting_tasks", "Waiting tasks by what they wait for. From the leader alone.")};
  SnapshotFamily workers{Level(registry, "interneg_workers", "Workers. From the leader alone.")};
  SnapshotFamily gpu_reserved{Level(registry, "interneg_gpu_memory_reserved_bytes",
                                    "Device memory promised to running attempts. From the leader alone.")};
  SnapshotFamily gpu_used{
      Level(registry, "interneg_gpu_memory_used_bytes", "Device memory in use, as workers report it.")};

  const MonotonicClock clock;
  Family<Gauge>& checkpoint_age = Level(registry, "interneg_checkpoint_age_seconds",
                                        "Since this replica last saw a checkpoint committed; absent before the first.");
  std::mutex checkpoint_mutex;
  std::optional<std::chrono::steady_clock::time_point> checkpoint_at;

  explicit Families(MonotonicClock time) : clock(std::move(time)) {}

  void FinishFarm() {
    for (SnapshotFamily* family : {&tasks, &waiting, &workers, &gpu_reserved, &gpu_used}) {
      family->Finish();
    }
  }
};

Metrics::Metrics(std::string_view version, MonotonicClock clock)
    : families_(std::make_unique<Families>(std::move(clock))) {
  families_->build_info.Add({{"version", Text(version)}}).Set(1);
}

Metrics::~Metrics() = default;

void Metrics::TaskCompleted(std::string_view kind, std::string_view outcome) {
  families_->tasks_completed.Add({{"kind", Text(kind)}, {"outcome", Text(outcome)}}).Increment();
}

void Metrics::TaskRan(std::string_view kind, Seconds duration) {
  families_->task_duration.Add({{"kind", Text(kind)}}, LongBounds()).Observe(duration.count());
}

void Metrics::TaskClaimed(Seconds queue_wait) {
  families_->queue_wait.Observe(queue_wait.count());
}

void Metrics::AttemptStarted(Seconds assign_to_start) {
  families_->assign_to_start.Observe(assign_to_start.count());
}

void Metrics::AttemptEnded(std::string_view reason) {
  families_->attempts_ended.Add({{"reason", Text(reason)}}).Increment();
}

void Metrics::PlannerTicked(Seconds duration) {
  families_->planner_tick.Observe(duration.count());
}

void Metrics::ReportFenced(std::string_view reason) {
  families_->fenced_reports.Add({{"reason", Text(reason)}}).Increment();
}

void Metrics::CheckpointCommitted() {
  const std::lock_guard lock(families_->checkpoint_mutex);
  families_->checkpoint_at = families_->clock();
}

void Metrics::StepsTrained(double count) {
  families_->train_steps.Increment(count);
}

void Metrics::FramesRendered(double count) {
  families_->frames_rendered.Increment(count);
}

void Metrics::RequestAnswered(std::string_view method, std::string_view code) {
  families_->grpc_requests.Add({{"method", Text(method)}, {"code", Text(code)}}).Increment();
}

void Metrics::WaitedForConnection(Seconds duration) {
  families_->db_pool_wait.Observe(duration.count());
}

void Metrics::BecameLeader() {
  const std::lock_guard lock(families_->farm_mutex);
  families_->leading = true;
  families_->leader.Set(1);
}

void Metrics::LostLeadership() {
  const std::lock_guard lock(families_->farm_mutex);
  families_->leading = false;
  families_->leader.Set(0);
  families_->FinishFarm();
}

void Metrics::SetFarm(const FarmSnapshot& farm) {
  Families& f = *families_;
  const std::lock_guard lock(f.farm_mutex);
  if (!f.leading) return;
  for (const auto& t : farm.tasks) {
    f.tasks.Set({{"kind", t.kind}, {"state", t.state}, {"pool", t.pool}}, static_cast<double>(t.count));
  }
  for (const auto& w : farm.waiting) f.waiting.Set({{"reason", w.reason}}, static_cast<double>(w.count));
  for (const auto& w : farm.workers) {
    f.workers.Set({{"state", w.state}, {"pool", w.pool}}, static_cast<double>(w.count));
  }
  for (const auto& g : farm.gpus) {
    const Labels labels = {{"gpu", g.gpu}, {"UUID", g.uuid}, {"modelName", g.model_name}, {"Hostname", g.hostname}};
    f.gpu_reserved.Set(labels, static_cast<double>(g.reserved_bytes));
    f.gpu_used.Set(labels, static_cast<double>(g.used_bytes));
  }
  f.FinishFarm();
}

std::string Metrics::Exposition() const {
  {
    const std::lock_guard lock(families_->checkpoint_mutex);
    if (families_->checkpoint_at) {
      families_->checkpoint_age.Add({}).Set(Seconds(families_->clock() - *families_->checkpoint_at).count());
    }
  }
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace interneg::metrics
