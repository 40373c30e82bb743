#include "worker/supervision/boot_clock.h"

#include <ctime>

#include <algorithm>

namespace interneg::supervision {
namespace {
constexpr double kCenturySeconds = 100.0 * 365.25 * 86400.0;
}  // namespace

BootTime SystemBootClock::Now() const {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return BootTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

Duration FromSeconds(double seconds) {
  if (!(seconds == seconds)) return Duration::zero();
  const double limited = std::clamp(seconds, -kCenturySeconds, kCenturySeconds);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(limited));
}

double ToSeconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace interneg::supervision
