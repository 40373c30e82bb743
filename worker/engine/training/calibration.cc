// How many steps fit into a time limit: some are tried, and all that they change is put back.
#include <string>

#include "worker/engine/training/schedule.h"
#include "worker/engine/training/trainer_torch.h"

namespace interneg::training {

// The mean, not the least: whatever slowed these steps will slow the others. From the middle of the schedule, with
// pictures as they are told to be: a step that runs out of memory adds steps to the schedule, and must not change what
// is timed.
Trainer::Seconds Trainer::TrialCost(int reduction) {
  constexpr std::int64_t kSchedule = 1000;
  constexpr int kWarmUp = 2, kLeast = 3, kMost = 50;
  state_.steps = kSchedule;
  state_.step = kSchedule / 2;
  state_.full_from_step = reduction > 1 ? kSchedule : 0;
  for (int i = 0; i < kWarmUp; ++i) Step(StepKind::kTrial);
  int tried = 0;
  Seconds sum{0};
  const Seconds first = clock_();
  const auto another = [&] {
    const bool own = tried < kLeast || (tried < kMost && clock_() - first < options_.time_limit * 0.02);
    return LeadersNumbers({own ? 1.0 : 0.0}).front() > 0;
  };
  for (; another(); ++tried) {
    const Seconds before = clock_();
    Step(StepKind::kTrial);
    sum += clock_() - before;
  }
  return sum / tried;
}

// Trial steps change weights, optimiser and random state; all are put back, so that the count is all that remains.
std::int64_t Trainer::CalibratedSteps() {
  const at::Tensor values = weights_->values().clone();
  const dataset::DrawState drawn = store_->state();
  const RunState state = state_;
  Seconds per_step = TrialCost(1);
  if (options_.multi_resolution != MultiResolution::kOff) {
    per_step = kReducedShare * TrialCost(2) + (1.0 - kReducedShare) * per_step;
  }
  const int patch_px = state_.patch_px, batch = state_.batch;  // trial steps may have found out that less must do
  state_ = state;
  state_.patch_px = patch_px;
  state_.batch = batch;
  store_->Restore(drawn);
  {
    const at::NoGradGuard no_gradients;
    weights_->values().copy_(values);
  }
  optimizer_ = std::make_unique<Optimizer>(weights_->values());
  // Ten validations and the final choice are set aside, and a share for checkpoints and pictures.
  const Seconds left = (options_.time_limit - Elapsed()) * 0.96 - score_cost_ * 13.0;
  const std::int64_t kept_every = state_.checkpoint_interval;  // each of which is validated
  const std::int64_t own =
      StepsFor(left, kept_every > 0 ? per_step + score_cost_ / static_cast<double>(kept_every) : per_step);
  const auto steps = static_cast<std::int64_t>(LeadersNumbers({static_cast<double>(own)}).front());
  Say("time limit of " + std::to_string(static_cast<int>(options_.time_limit.count())) + " s: " +
      std::to_string(steps) + " steps of " + std::to_string(static_cast<int>(per_step.count() * 1000)) + " ms");
  return steps;
}

}  // namespace interneg::training
