#include "worker/engine/training/early_end.h"

#include <cmath>

namespace interneg::training {
namespace {

constexpr double kFall_db = 3.0, kNothing_db = -1e9;
constexpr int kFallenInARow = 4;

bool HasDiverged(const Validated& validated, ValidationTrend& trend) {
  if (validated.full_db >= validated.best_db - kFall_db) {
    trend.fallen = 0;
    trend.fallen_db = 0;
    return false;
  }
  const double db = std::isfinite(validated.full_db) ? validated.full_db : kNothing_db;
  if (trend.fallen == 0 || db > trend.fallen_db) {
    trend.fallen = 1;
    trend.fallen_db = db;
    return false;
  }
  return ++trend.fallen >= kFallenInARow;
}

bool IsPlateau(const EarlyEndRules& rules, const Validated& validated, ValidationTrend& trend) {
  if (!(rules.plateau_gain_db > 0) || !validated.warmed_up) return false;
  if (validated.model_db > trend.plateau_db + rules.plateau_gain_db) {
    trend.plateau_db = validated.model_db;
    trend.flat = 0;
    return false;
  }
  return ++trend.flat >= rules.plateau_validations;
}

}  // namespace

Verdict Judge(const EarlyEndRules& rules, const Validated& validated, ValidationTrend& trend) {
  if (rules.on_divergence && HasDiverged(validated, trend)) return Verdict::kDiverged;
  return IsPlateau(rules, validated, trend) ? Verdict::kPlateau : Verdict::kGoOn;
}

}  // namespace interneg::training
