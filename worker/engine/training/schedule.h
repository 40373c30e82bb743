// The learning rate over the steps, and the averaging of the weights that goes with it.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_SCHEDULE_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_SCHEDULE_H_

#include <chrono>
#include <cstdint>

namespace interneg::training {

// Linear warm-up over the first tenth of the steps (50 at most), then half a cosine down to a fiftieth of `base`.
// `step` counts from 0.
double LearningRateAt(std::int64_t step, std::int64_t steps, double base);

// kHalfFirst: the first two fifths of the steps see pictures of half the size, whose patches show as much of the frame in a
// quarter of the samples.
enum class MultiResolution { kOff, kHalfFirst };
inline constexpr double kReducedShare = 0.4;

// The first of `steps` steps that sees pictures of full size, counted from 0.
std::int64_t FirstFullStep(MultiResolution multi_resolution, std::int64_t steps);

// Whether the warm-up lies before `step`.
bool IsWarmedUp(std::int64_t step, std::int64_t steps);

// The end of the schedule, begun before its time: from the rate that stood at `first_step` half a cosine down to the same
// fiftieth of `base` at the last step.
struct Annealing {
  std::int64_t first_step = 0;  // 0: not begun
  double share = 1.0;           // of `base`, at the first step
};
double AnnealedRateAt(const Annealing& annealing, std::int64_t step, std::int64_t steps, double base);

// How many steps such an end takes when it begins before its time: a fifth of all that were planned, at least 1.
std::int64_t AnnealingSteps(std::int64_t steps);

// The share of the old average that a step keeps: about the last fiftieth of the steps counts, and the first steps
// count fully.
double AverageDecayAt(std::int64_t step, std::int64_t steps);

// Steps that fit into `available` when a step takes `per_step`; at least 1.
std::int64_t StepsFor(std::chrono::duration<double> available, std::chrono::duration<double> per_step);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_SCHEDULE_H_
