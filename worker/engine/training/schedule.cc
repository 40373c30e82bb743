#include "worker/engine/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace interneg::training {

namespace {

constexpr double kFloor = 0.02;

double WarmUpSteps(std::int64_t steps) {
  return std::clamp(static_cast<double>(steps) / 10.0, 1.0, 50.0);
}

// From 1 to 0 while `done` goes from 0 to `all`.
double HalfCosine(std::int64_t done, std::int64_t all) {
  const double along = static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(all, 1));
  return 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(along, 1.0)));
}

}  // namespace

double LearningRateAt(std::int64_t step, std::int64_t steps, double base) {
  const double rise = std::min(1.0, static_cast<double>(step + 1) / WarmUpSteps(steps));
  return base * rise * (kFloor + (1.0 - kFloor) * HalfCosine(step, steps));
}

std::int64_t FirstFullStep(MultiResolution multi_resolution, std::int64_t steps) {
  if (multi_resolution == MultiResolution::kOff) return 0;
  return static_cast<std::int64_t>(std::ceil(kReducedShare * static_cast<double>(steps)));
}

bool IsWarmedUp(std::int64_t step, std::int64_t steps) {
  return static_cast<double>(step) >= WarmUpSteps(steps);
}

double AnnealedRateAt(const Annealing& annealing, std::int64_t step, std::int64_t steps, double base) {
  const double fall = HalfCosine(step - annealing.first_step, steps - annealing.first_step);
  return base * (kFloor + (annealing.share - kFloor) * fall);
}

std::int64_t AnnealingSteps(std::int64_t steps) {
  return std::max<std::int64_t>(1, steps / 5);
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
