#include "worker/engine/jobs/output_plan.h"

#include <utility>

#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

constexpr char kSameAsSource[] = "same-as-source";

std::string OutputSpace(const RenderOutput& output, const Medium& source, const color::ColorConfig& config) try {
  if (output.color_space.empty()) return config.Aces2065();
  if (output.color_space == kSameAsSource) return source.space;
  return config.Resolve(output.color_space);
} catch (const color::ColorError& error) {
  throw BadInput(std::string("render.output.colorSpace: ") + error.what(), "");
}

frames::WriteOptions WritingOf(const RenderOutput& output, const Medium& source, const ColorPlan& color,
                               const std::string& space) {
  auto options = PlanWriting(output);
  options.pixel_aspect = source.facts.pixel_aspect;
  options.chromaticities = frames::ChromaticitiesOf(color.config, space);
  return options;
}

}  // namespace

OutputPlan PlanOutput(const JobContext& context, const std::optional<RenderOutput>& output, const Medium& source,
                      std::span<const int> frames, const ColorPlan& color) {
  auto place = LocateOutput(context, output);
  RequireNothingPublished(context.roots, place, frames, output->replace);
  RequireWritable(context.roots, place.folder);
  auto space = OutputSpace(*output, source, color.config);
  color::TrainingTransform delivery(color.config, space, TrainingTransformOf(source, color).route());
  auto writing = WritingOf(*output, source, color, space);
  return {std::move(place), std::move(space), std::move(delivery), std::move(writing)};
}

}  // namespace interneg::jobs
