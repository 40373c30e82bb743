#include "worker/engine/jobs/colour_presence.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "worker/engine/validation/element_measures.h"

namespace interneg::jobs {
namespace {

constexpr double kLeastSpread = 0.015;  // σ in density, of display values
// A stop is .0571 of ACEScct (S-2016-001). Read as display values, that is a density of .10 to .13 about the middle of
// the scale, where a stop of display values is .30: a third of it and more.
constexpr double kLeastSpreadOfLog = kLeastSpread / 3;
// More than the pairs of a shot or a scene.
constexpr std::size_t kMostLookedAt = 48;

}  // namespace

bool HasColour(const image::Image& picture, color::TrainingDomain domain) {
  const double least = domain == color::TrainingDomain::kLog ? kLeastSpreadOfLog : kLeastSpread;
  return validation::MeasureColor(std::span(&picture, 1)).first >= least;
}

bool HasColour(const JobContext& context, const Medium& medium, const ColorPlan& color) {
  const auto to_training = TrainingTransformOf(medium, color);
  const auto frames = medium.range.Sorted();
  const std::size_t looked_at = std::min(frames.size(), kMostLookedAt);
  bool read = false;
  for (std::size_t i = 0; i < looked_at; ++i) {
    context.ThrowIfStopped();
    try {
      const auto picture = medium.Read(frames[i * frames.size() / looked_at]).rgb;
      if (HasColour(to_training.ToTraining(picture).rgb, color.domain)) return true;
      read = true;
    } catch (const frames::FrameError& error) {
      if (error.fault() == frames::FrameFault::kStorage) throw;
    }
  }
  return !read;
}

}  // namespace interneg::jobs
