// The one word that ends an attempt early, whoever says it.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_STOP_SIGNAL_H_
#define INTERNEG_WORKER_ENGINE_JOBS_STOP_SIGNAL_H_

#include <atomic>

namespace interneg::jobs {

enum class StopReason {
  kNone,
  kTerminated,  // SIGTERM or SIGINT: write a checkpoint, end as preempted
  kLeaseLost,   // no renewal, the daemon is gone: nothing is published, exit 75
};

// Thread-safe. A lost lease outranks a termination, since nothing may be published after it.
class StopSignal {
 public:
  void Request(StopReason reason) {
    StopReason seen = reason_.load();
    while (seen < reason && !reason_.compare_exchange_weak(seen, reason)) {
    }
    flag_.store(true);
  }
  bool requested() const { return flag_.load(); }
  StopReason reason() const { return reason_.load(); }
  const std::atomic<bool>& flag() const { return flag_; }  // what training polls

 private:
  std::atomic<StopReason> reason_{StopReason::kNone};
  std::atomic<bool> flag_{false};
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_STOP_SIGNAL_H_
