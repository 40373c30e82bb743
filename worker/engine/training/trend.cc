#include <iomanip>
#include <sstream>
#include <string>

#include "worker/engine/training/schedule.h"
#include "worker/engine/training/trainer_torch.h"

namespace interneg::training {

void Trainer::JudgeTrend(const Score& score) {
  if (Reduction() > 1) return;
  const Validated validated{score.full_db, score.best_db, state_.best_db, IsWarmedUp(state_.step, state_.steps)};
  switch (Judge(options_.early_end, validated, state_.trend)) {
    case Verdict::kGoOn:
      return;
    case Verdict::kDiverged:
      return EndAsDiverged(score);
    case Verdict::kPlateau:
      return BeginAnnealing();
  }
}

void Trainer::EndAsDiverged(const Score& score) {
  state_.diverged = true;
  const bool chroma = options_.network.free == model::FreePlanes::kChroma;
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << "the training diverged: " << state_.trend.fallen
       << " validations in a row lie far below the best one, the last at " << score.full_db << " dB, "
       << (chroma && !(score.full_db >= score.start_db) ? "below the closed form, " : "") << "the best at "
       << state_.best_db << " dB after step " << state_.best_step << "; it ends here with the best model";
  Say(text.str());
}

// The late steps, at a falling rate, are worth the most: a plateau at a high rate ends the search, not them.
void Trainer::BeginAnnealing() {
  const std::int64_t planned = state_.steps, left = AnnealingSteps(planned);
  if (state_.annealing.first_step > 0 || planned - state_.step <= left) return;
  state_.annealing = {state_.step, LearningRateAt(state_.step, planned, 1.0)};
  state_.steps = state_.step + left;
  std::ostringstream text;
  text << "plateau: " << state_.trend.flat << " validations gained no more than " << options_.early_end.plateau_gain_db
       << " dB; annealing begins now, " << state_.steps << " steps in all instead of " << planned;
  Say(text.str());
}

}  // namespace interneg::training
