// Time for deadlines: CLOCK_BOOTTIME, which nobody can set and which goes on while the machine is suspended.
#ifndef INTERNEG_WORKER_SUPERVISION_BOOT_CLOCK_H_
#define INTERNEG_WORKER_SUPERVISION_BOOT_CLOCK_H_

#include <chrono>

namespace interneg::supervision {

// The clock as <chrono> wants one; `now` is left out so that time must be passed in.
struct BootTimeline {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootTimeline>;
  static constexpr bool is_steady = true;
};
// A moment since the machine's boot.
using BootTime = BootTimeline::time_point;
using Duration = BootTimeline::duration;

// Safe to call from any thread. Tests bring their own; after moving it they wake whoever waits.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual BootTime Now() const = 0;
};

class SystemBootClock final : public Clock {
 public:
  BootTime Now() const override;
};

// Seconds as the contract writes them. Values that a Duration cannot hold are limited to a century; NaN is 0.
Duration FromSeconds(double seconds);
double ToSeconds(Duration duration);

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_BOOT_CLOCK_H_
