// A clock that stands until a test moves it.
#ifndef INTERNEG_TESTS_WORKER_SUPERVISION_MANUAL_CLOCK_H_
#define INTERNEG_TESTS_WORKER_SUPERVISION_MANUAL_CLOCK_H_

#include <atomic>

#include "worker/supervision/boot_clock.h"

namespace interneg::supervision {

class ManualClock final : public Clock {
 public:
  BootTime Now() const override { return BootTime(Duration(ticks_.load())); }
  void Advance(Duration by) { ticks_ += by.count(); }

 private:
  std::atomic<Duration::rep> ticks_{Duration(std::chrono::hours(1)).count()};
};

}  // namespace interneg::supervision

#endif  // INTERNEG_TESTS_WORKER_SUPERVISION_MANUAL_CLOCK_H_
