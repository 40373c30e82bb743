// The engine's own deadline: a frozen or dead daemon must leave nothing running.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_LEASE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_LEASE_H_

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "worker/engine/jobs/engine_event.h"
#include "worker/engine/jobs/events.h"
#include "worker/engine/jobs/stop_signal.h"

namespace interneg::jobs {

using Seconds = std::chrono::duration<double>;

// The rule alone, without threads: a deadline that renewals move, a moment shortly before it at which the work is asked
// to stop, so that a hung computation is cut off at the deadline itself. At end of file the deadline becomes at most
// kMargin away.
class Lease {
 public:
  static constexpr Seconds kMargin{2.0};

  // The margin is kMargin, or a quarter of a lease shorter than four times that.
  Lease(Seconds now, Seconds length) { Renew(now, length); }
  void Renew(Seconds now, Seconds length);
  void Lose(Seconds now);  // end of file
  // A lost or expired lease does not come back.
  bool ShouldStop(Seconds now) const { return lost_ || now >= stop_at_; }
  bool Expired(Seconds now) const { return now >= deadline_; }
  Seconds deadline() const { return deadline_; }
  Seconds NextMoment(Seconds now) const;  // until something changes by itself; ≥ 0

 private:
  Seconds deadline_{0};
  Seconds stop_at_{0};
  bool lost_ = false;
};

// Reads EngineCommand lines from a descriptor in a thread of its own: renewals move the deadline, adjustments queue up.
// When the lease is about to run out, or at end of file, `stop` is requested with kLeaseLost; at the deadline `kill` is
// called on the thread (the program passes one that ends the process with exit code 75).
class LeaseWatch {
 public:
  // `length` is how long the engine may run before the first renewal. Unreadable lines are passed to `complain`.
  LeaseWatch(int descriptor, Seconds length, Clock clock, StopSignal& stop, std::function<void()> kill,
             std::function<void(const std::string&)> complain);
  ~LeaseWatch();  // joins the thread; kill is not called any more
  LeaseWatch(const LeaseWatch&) = delete;
  LeaseWatch& operator=(const LeaseWatch&) = delete;

  // The oldest adjustment that nobody took yet. From any thread.
  std::optional<AdjustTraining> TakeAdjustment();

 private:
  void Run();
  void WaitForInput();
  void ReadAvailable();
  void Obey(const std::string& line);

  const int descriptor_;
  const Clock clock_;
  StopSignal& stop_;
  const std::function<void()> kill_;
  const std::function<void(const std::string&)> complain_;
  int wake_ = -1;  // an eventfd that ends the thread

  Lease lease_;            // the thread's own
  std::string unread_;     // the thread's own: the start of a line
  bool at_end_ = false;    // the thread's own
  bool finished_ = false;  // the thread's own

  std::mutex mutex_;  // guards adjustments_
  std::deque<AdjustTraining> adjustments_;
  std::thread thread_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_LEASE_H_
