#include "worker/engine/jobs/training_ranges.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {
namespace {

std::string TextOf(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

void RequirePositive(double value, const char* field) {
  if (std::isfinite(value) && value >= 0) return;
  throw BadInput(std::string("train.training.") + field + " is not a positive number", "give one, or leave it out");
}

// 0 is the recipe's.
void RequireCount(std::uint32_t value, std::uint32_t least, const char* field, const char* of) {
  constexpr std::uint32_t kMost = 65536;  // beyond the memory of any device
  if (value == 0 || (value >= least && value <= kMost)) return;
  throw BadInput(std::string("train.training.") + field + ": " + std::to_string(value) + of,
                 "give " + std::to_string(least) + " to " + std::to_string(kMost) + ", or leave it out");
}

void RequireShare(std::optional<double> share, const char* field) {
  constexpr double kMost = 0.5;
  if (!share || (*share >= 0 && *share <= kMost)) return;
  throw BadInput(std::string("train.training.augmentation.") + field + ": " + TextOf(*share),
                 "give 0 to " + TextOf(kMost) + ", or leave it out");
}

void RequireTolerance(const LossTolerance& tolerance) {
  // Of less the blur would be wider than any reference's.
  constexpr double kLeastShare = 0.01;
  const double share = tolerance.chroma_bandwidth;
  if (share != 0 && !(share >= kLeastShare && share <= 1)) {
    throw BadInput("train.tolerance.chromaBandwidth: " + TextOf(share) + " of the luma's",
                   "give " + TextOf(kLeastShare) + " to 1, or leave it out");
  }
  if (tolerance.shift_px.value_or(0) > 1) {
    throw BadInput("train.tolerance.shiftPx: " + std::to_string(*tolerance.shift_px) + " pixels",
                   "give 0 or 1, or leave it out; align references that lie further off");
  }
}

}  // namespace

void RequireSaneTraining(const TrainJob& job) {
  const auto settings = job.training.value_or(TrainingSettings{});
  RequirePositive(settings.time_limit_seconds, "timeLimitSeconds");
  RequirePositive(settings.learning_rate, "learningRate");
  RequirePositive(settings.plateau_gain_db, "plateauGainDb");
  if (const double weight = settings.grain_weight.value_or(0.0);
      !(weight >= 0.0 && weight <= training::kMostGrainWeight)) {
    throw BadInput("train.training.grainWeight: " + std::to_string(weight), "give 0 to 10, or leave it out");
  }
  RequireCount(settings.batch, 1, "batch", " patches in one step");
  RequireCount(settings.patch_px, 32, "patchPx", " pixels a side of a patch");
  if (settings.augmentation) {
    RequireShare(settings.augmentation->scale, "scale");
    RequireShare(settings.augmentation->exposure, "exposure");
  }
  if (job.tolerance) RequireTolerance(*job.tolerance);
}

}  // namespace interneg::jobs
