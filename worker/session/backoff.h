// Waiting times between tries: exponential, with jitter so that a farm does not return in step.
#ifndef INTERNEG_WORKER_SESSION_BACKOFF_H_
#define INTERNEG_WORKER_SESSION_BACKOFF_H_

#include <functional>

#include "worker/supervision/boot_clock.h"

namespace interneg::session {

struct BackoffLimits {
  supervision::Duration first = std::chrono::milliseconds(200);
  supervision::Duration longest = std::chrono::seconds(20);
};

// Uniform in [0, 1). Safe to call from any thread.
using Random = std::function<double()>;

// Not synchronised.
class Backoff {
 public:
  Backoff(BackoffLimits limits, Random random);
  // Between half of the current time and all of it; the current time doubles up to the longest.
  supervision::Duration Next();
  void Reset();

 private:
  const BackoffLimits limits_;
  const Random random_;
  supervision::Duration current_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_BACKOFF_H_
