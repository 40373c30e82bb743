// The process around one piece of work: signals, lease, events, roots, device.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SESSION_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/frames/roots.h"
#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/events.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/lease.h"
#include "worker/engine/jobs/signal_watch.h"
#include "worker/engine/jobs/stop_signal.h"

namespace interneg::jobs {

struct SessionOptions {
  std::optional<int> events_descriptor;  // none: for a person on stderr
  std::optional<int> lease_descriptor;   // none: no deadline
  double lease_seconds = 0;              // before the first renewal
  std::vector<AssignedRoot> roots;       // empty: `local`, the whole file system
  std::string device = "cpu";
  int threads = 0;
  std::optional<training::GroupPlace> group = {};
};

// Before the first renewal, when the assignment does not say.
inline constexpr double kDefaultLeaseSeconds = 30.0;

// Owns what a JobContext refers to, in the order of construction: signals are blocked before any thread starts.
class Session {
 public:
  // Throws std::invalid_argument for an unknown device. A root that cannot be opened is told by RequireRoots.
  explicit Session(const SessionOptions& options);

  // Every root was opened. Throws JobError, storage, that names the first that was not; for the work, so that it ends
  // with a result, not as what would look like a crash.
  void RequireRoots() const;

  const JobContext& context() const { return *context_; }

 private:
  StopSignal stop_;
  SignalWatch signals_;
  Clock clock_;
  std::unique_ptr<EventSink> events_;
  std::unique_ptr<LeaseWatch> lease_;  // after what its thread uses, before the roots: a share may hang
  std::string roots_trouble_;
  frames::Roots roots_;
  std::optional<JobContext> context_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SESSION_H_
