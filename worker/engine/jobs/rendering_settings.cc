#include "worker/engine/jobs/rendering_settings.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/preparation/motion_between.h"

namespace interneg::jobs {

inference::DetailOptions PlanDetail(const RenderJob& job, const model::NetworkDescription& network) {
  inference::DetailOptions options;
  if (job.detail) {
    const auto& wanted = *job.detail;
    options.strengths = {wanted.fine.value_or(1.0), wanted.middle.value_or(1.0), wanted.coarse.value_or(1.0),
                         wanted.grain.value_or(1.0)};
  }
  if (job.invented_detail) options.invented = inference::InventedDetailMap::kOn;
  try {
    inference::RequireDetailOptions(options, network);
  } catch (const std::invalid_argument& error) {
    throw BadInput(std::string(job.invented_detail ? "render.inventedDetail: " : "render.detail: ") + error.what(), "");
  }
  const bool exr = !job.output || job.output->format == FileFormat::kUnspecified || job.output->format == FileFormat::kExr;
  if (job.invented_detail && !exr) {
    throw BadInput("render.inventedDetail: only EXR holds the map as a further channel",
                   "choose EXR, or leave the map out");
  }
  return options;
}

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
  // Neighbours are neighbours in time, in whatever order the range mentions them.
  return inference::TemporalSmoothing{strength, source.range.Sorted(), preparation::MotionBetween};
}

std::map<std::string, std::string> AttributesOf(const inference::DetailOptions& detail,
                                                const std::optional<inference::TemporalSmoothing>& smoothing) {
  std::map<std::string, std::string> attributes;
  const auto& of = detail.strengths;
  if (of != inference::DetailStrengths{}) {
    attributes["interneg:detailStrengths"] =
        fmt::format("fine {:g}, middle {:g}, coarse {:g}, grain {:g}", of.fine, of.middle, of.coarse, of.grain);
  }
  if (smoothing) attributes["interneg:temporalSmoothing"] = fmt::format("{:g}", smoothing->strength);
  return attributes;
}

}  // namespace interneg::jobs
