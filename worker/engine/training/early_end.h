// When validations say that the steps still to come are not worth their time.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_EARLY_END_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_EARLY_END_H_

namespace interneg::training {

struct EarlyEndRules {
  bool on_divergence = true;
  // A plateau: so many validations in a row, after the warm-up, none of which lies more than the gain above the one
  // that last did. Gain 0: not looked for.
  double plateau_gain_db = 0;
  int plateau_validations = 3;
};

// Of the validations so far; part of the run's state. All finite.
struct ValidationTrend {
  int fallen = 0;            // validations in a row far below the best, none above the first of them
  double fallen_db = 0;      // that first one
  int flat = 0;              // validations since the last gain
  double plateau_db = -1e9;  // what a gain is counted from
  friend bool operator==(const ValidationTrend&, const ValidationTrend&) = default;
};

struct Validated {
  // Of the network with its whole correction; NaN or infinite where its output is not finite.
  double full_db = 0;
  // With the share of its correction that scores best, chosen or not.
  double model_db = 0;
  // The best of what was chosen at all validations, this one among them: never below the first guess and the closed form,
  // or the source, which take part in each.
  double best_db = 0;
  bool warmed_up = false;
};

enum class Verdict { kGoOn, kDiverged, kPlateau };

// Diverged: four validations in a row lie more than 3 dB below the best, none of them above the first of the four: a
// network that climbs back is left alone (docs/decisions/0024).
Verdict Judge(const EarlyEndRules& rules, const Validated& validated, ValidationTrend& trend);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_EARLY_END_H_
