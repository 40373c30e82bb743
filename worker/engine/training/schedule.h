// The learning rate over the steps, and the averaging of the weights that goes with it.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_SCHEDULE_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_SCHEDULE_H_

#include <chrono>
#include <cstdint>

namespace interneg::training {

// Linear warm-up over the first tenth of the steps (50 at most), then half a cosine down to a fiftieth of `base`.
// `step` counts from 0.
double LearningRateAt(std::int64_t step, std::int64_t steps, double base);

// The share of the old average that a step keeps: about the last fiftieth of the steps counts, and the first steps
// count fully.
double AverageDecayAt(std::int64_t step, std::int64_t steps);

// Steps that fit into `available` when a step takes `per_step`; at least 1.
std::int64_t StepsFor(std::chrono::duration<double> available, std::chrono::duration<double> per_step);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_SCHEDULE_H_
