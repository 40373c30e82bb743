#include "worker/engine/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace interneg::training {

double LearningRateAt(std::int64_t step, std::int64_t steps, double base) {
  constexpr double kFloor = 0.02;
  const double warm_up = std::clamp(static_cast<double>(steps) / 10.0, 1.0, 50.0);
  const double rise = std::min(1.0, static_cast<double>(step + 1) / warm_up);
  const double along = static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(steps, 1));
  const double fall = 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(along, 1.0)));
  return base * rise * (kFloor + (1.0 - kFloor) * fall);
}

double AverageDecayAt(std::int64_t step, std::int64_t steps) {
  const double window = std::clamp(static_cast<double>(steps) / 50.0, 2.0, 1000.0);
  const double early = (1.0 + static_cast<double>(step)) / (10.0 + static_cast<double>(step));
  return std::min(1.0 - 1.0 / window, early);
}

std::int64_t StepsFor(std::chrono::duration<double> available, std::chrono::duration<double> per_step) {
  if (!(available.count() > 0) || !(per_step.count() > 0)) return 1;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(available / per_step, 1e9)));
}

}  // namespace interneg::training
