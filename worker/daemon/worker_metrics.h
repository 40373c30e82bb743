// The worker's figures for Prometheus.
#ifndef INTERNEG_WORKER_DAEMON_WORKER_METRICS_H_
#define INTERNEG_WORKER_DAEMON_WORKER_METRICS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "worker/session/session_meter.h"

namespace interneg::daemon {

// Thread-safe.
class WorkerMetrics final : public session::SessionMeter {
 public:
  explicit WorkerMetrics(const std::string& version);
  ~WorkerMetrics() override;

  // Serves /metrics on `host:port`. UNAVAILABLE when it cannot listen there.
  absl::Status Listen(const std::string& address);
  // As a scrape sees it.
  std::string Exposition() const;

  void Connected(bool connected) override;
  void EngineStarted(supervision::Duration offer_to_start) override;
  void EngineEnded(const std::string& outcome, std::uint64_t peak_memory_bytes) override;
  void ResultAcknowledged(const std::string& disposition) override;
  void OfferRejected() override;
  void Attempts(std::size_t running, std::size_t unacknowledged) override;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace interneg::daemon

#endif  // INTERNEG_WORKER_DAEMON_WORKER_METRICS_H_
