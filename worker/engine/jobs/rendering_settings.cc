#include "worker/engine/jobs/rendering_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/preparation/motion_between.h"

namespace interneg::jobs {
namespace {

inference::DetailStrengths StrengthsOf(const RenderJob& job) {
  if (!job.detail) return {};
  const auto& wanted = *job.detail;
  return {wanted.fine.value_or(1.0), wanted.middle.value_or(1.0), wanted.coarse.value_or(1.0),
          wanted.grain.value_or(1.0)};
}

}  // namespace

inference::DetailOptions PlanDetail(const RenderJob& job, const model::NetworkDescription& network) {
  inference::DetailOptions options;
  options.strengths = StrengthsOf(job);
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

bool InvertsSource(const preparation::Preparation& preparation) {
  return std::ranges::any_of(preparation.steps(), [](const preparation::Step& step) {
    return std::holds_alternative<preparation::Invert>(step);
  });
}

void RequireOwnPixelsUnused(const RenderJob& job, const preparation::Preparation& preparation) {
  if (!InvertsSource(preparation)) return;
  const auto refuse = [](const std::string& field, const char* what, const char* remedy) {
    throw BadInput("render." + field + ": the training inverts its source, and " + what + " the negative's own pixels",
                   std::string(remedy) + ", or make a positive of the scan first, and train and render with that");
  };
  if (StrengthsOf(job) != inference::DetailStrengths{}) {
    refuse("detail", "other strengths than 1 would mix the prediction with", "leave the strengths at 1");
  }
  if (job.invented_detail) refuse("inventedDetail", "the map would compare the prediction with", "leave the map out");
  if (job.render_crop) refuse("renderCrop", "around the crop would be delivered", "render the whole frame");
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
