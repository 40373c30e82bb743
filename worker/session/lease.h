// How long an attempt may publish, and how long its engine may compute.
#ifndef INTERNEG_WORKER_SESSION_LEASE_H_
#define INTERNEG_WORKER_SESSION_LEASE_H_

#include <optional>

#include "worker/supervision/boot_clock.h"

namespace interneg::session {

// As the server's Welcome says.
struct LeaseTerms {
  supervision::Duration heartbeat_interval = std::chrono::seconds(5);
  supervision::Duration lease = std::chrono::seconds(30);
  // Beyond the lease, while the server cannot be reached.
  supervision::Duration disconnected_limit = std::chrono::minutes(15);
};

// A lease counts from when the message that the server acknowledged was *sent*, so that the worker's view of it always
// ends before the server's. All on CLOCK_BOOTTIME. Not synchronised.
class Lease {
 public:
  // What may go on without the server: computing into the attempt's own folder. Publishing may not.
  enum class Beyond { kMayCompute, kMustStop };

  explicit Lease(Beyond beyond) : beyond_(beyond) {}

  // The server answered a message sent at `sent_at`; earlier ones change nothing.
  void Confirm(supervision::BootTime sent_at);
  bool confirmed() const { return confirmed_at_.has_value(); }

  // Until when events, artifacts and results may be sent. Never, before the first Confirm.
  std::optional<supervision::BootTime> PublishUntil(const LeaseTerms& terms) const;
  // Until when the engine may run. `terms` may change between two calls.
  std::optional<supervision::BootTime> ComputeUntil(const LeaseTerms& terms) const;
  // What the engine is told at `now`: one lease ahead, so that it ends soon after the daemon has frozen or died, but
  // never beyond ComputeUntil.
  supervision::BootTime EngineUntil(const LeaseTerms& terms, supervision::BootTime now) const;

 private:
  Beyond beyond_;
  std::optional<supervision::BootTime> confirmed_at_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_LEASE_H_
