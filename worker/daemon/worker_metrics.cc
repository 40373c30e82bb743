#include "worker/daemon/worker_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>

#include "absl/strings/str_cat.h"

namespace interneg::daemon {
namespace {

prometheus::Gauge& MakeGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}
prometheus::Family<prometheus::Counter>& MakeCounter(prometheus::Registry& registry, const char* name,
                                                     const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

const prometheus::Histogram::BucketBoundaries kStartSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                               0.1,   0.5,    1,     5,    30};

}  // namespace

struct WorkerMetrics::State {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  prometheus::Gauge& connected =
      MakeGauge(*registry, "interneg_worker_connected", "1 while the server has welcomed this worker");
  prometheus::Gauge& running = MakeGauge(*registry, "interneg_worker_engines", "Engines that run");
  prometheus::Gauge& waiting =
      MakeGauge(*registry, "interneg_worker_waiting_attempts", "Attempts without an engine: fetching, or not acknowledged");
  prometheus::Gauge& peak_memory =
      MakeGauge(*registry, "interneg_worker_engine_peak_memory_bytes", "Peak memory of the engine that ended last");
  prometheus::Histogram& start = prometheus::BuildHistogram()
                                     .Name("interneg_worker_offer_to_start_seconds")
                                     .Help("From the arrival of an offer to the engine's execve")
                                     .Register(*registry)
                                     .Add({}, kStartSeconds);
  prometheus::Family<prometheus::Counter>& ended =
      MakeCounter(*registry, "interneg_worker_engines_ended_total", "Engines that ended, by outcome");
  prometheus::Family<prometheus::Counter>& results =
      MakeCounter(*registry, "interneg_worker_results_acknowledged_total", "Results the server answered, by disposition");
  prometheus::Counter& rejected =
      MakeCounter(*registry, "interneg_worker_offers_rejected_total", "Offers this worker could not take").Add({});
  std::unique_ptr<prometheus::Exposer> exposer;
};

WorkerMetrics::WorkerMetrics(const std::string& version) : state_(std::make_unique<State>()) {
  prometheus::BuildGauge()
      .Name("interneg_build_info")
      .Help("1, with the version as a label")
      .Register(*state_->registry)
      .Add({{"version", version}, {"program", "interneg-worker"}})
      .Set(1);
}
WorkerMetrics::~WorkerMetrics() = default;

absl::Status WorkerMetrics::Listen(const std::string& address) {
  try {
    state_->exposer = std::make_unique<prometheus::Exposer>(address, 1);
    state_->exposer->RegisterCollectable(state_->registry);
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("--metrics-listen ", address, ": ", error.what(),
                                               "; is the port taken, or not written as host:port?"));
  }
  return absl::OkStatus();
}

std::string WorkerMetrics::Exposition() const {
  return prometheus::TextSerializer().Serialize(state_->registry->Collect());
}

void WorkerMetrics::Connected(bool connected) { state_->connected.Set(connected ? 1 : 0); }
void WorkerMetrics::EngineStarted(supervision::Duration offer_to_start) {
  state_->start.Observe(supervision::ToSeconds(offer_to_start));
}
void WorkerMetrics::EngineEnded(const std::string& outcome, std::uint64_t peak_memory_bytes) {
  state_->ended.Add({{"outcome", outcome}}).Increment();
  state_->peak_memory.Set(static_cast<double>(peak_memory_bytes));
}
void WorkerMetrics::ResultAcknowledged(const std::string& disposition) {
  state_->results.Add({{"disposition", disposition}}).Increment();
}
void WorkerMetrics::OfferRejected() { state_->rejected.Increment(); }
void WorkerMetrics::Attempts(std::size_t running, std::size_t unacknowledged) {
  state_->running.Set(static_cast<double>(running));
  state_->waiting.Set(static_cast<double>(unacknowledged));
}

}  // namespace interneg::daemon
