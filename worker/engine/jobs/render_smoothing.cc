#include "worker/engine/jobs/render_smoothing.h"

#include <string>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/preparation/motion_between.h"

namespace interneg::jobs {

std::optional<inference::TemporalSmoothing> SmoothingOf(double strength, const Medium& source,
                                                        const model::NetworkDescription& network) {
  if (!(strength >= 0.0 && strength <= 1.0)) {
    throw BadInput("render.temporalSmoothing must lie within 0 to 1, got " + std::to_string(strength),
                   "0 renders each frame by itself, 1 smooths most");
  }
  if (strength == 0.0) return std::nullopt;
  if (network.kind != model::NetworkKind::kGrid) {
    throw BadInput("render.temporalSmoothing: the model's network is " + std::string(NameOf(network.kind)) +
                       ", and only a grid network predicts what can be smoothed",
                   "leave it out, or render with a model whose network is grid");
  }
  return inference::TemporalSmoothing{strength, source.range.frames(), preparation::MotionBetween};
}

}  // namespace interneg::jobs
