#include "worker/engine/jobs/elements.h"

#include <utility>

#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {

Elements OpenElements(const JobContext& context, const StageMedia& media, const std::optional<ColorSettings>& color,
                      const std::string& kind) {
  auto plan = PlanColor(color, kind + ".color", context);
  auto first = OpenMedium(context, media.source, "source", kind + ".source", plan.config, MissingFrames::kTolerate);
  auto second =
      OpenMedium(context, media.reference, "reference", kind + ".reference", plan.config, MissingFrames::kTolerate);
  if (first.sequence.location().ToString() == second.sequence.location().ToString()) {
    throw BadInput(kind + ".reference: it is the source itself, " + first.sequence.location().ToString(),
                   "name the other element");
  }
  for (const auto* medium : {&first, &second}) {
    context.events.Inform(medium->name + ": " + TextOf(*medium));
    SendWarnings(context, *medium);
  }
  auto from_source = TrainingTransformOf(first, plan), from_reference = TrainingTransformOf(second, plan);
  return {std::move(plan), std::move(first), std::move(second), std::move(from_source), std::move(from_reference)};
}

std::map<int, int> PartnersBy(const std::optional<FrameMap>& map, const Medium& source, const Medium& reference) {
  std::map<int, int> partners;
  if (!map) {
    for (const int frame : source.range.Sorted()) {
      if (reference.range.Contains(frame)) partners[frame] = frame;
    }
    return partners;
  }
  for (const auto& frame : map->frames) {
    const bool sure = frame.state == MatchState::kMatched || frame.state == MatchState::kHeld;
    if (sure && frame.reference) partners[frame.source] = *frame.reference;
  }
  return partners;
}

std::set<int> MixedFrames(const std::optional<FrameMap>& map) {
  std::set<int> mixed;
  if (!map) return mixed;
  for (const auto& frame : map->frames) {
    if (frame.mixed) mixed.insert(frame.source);
  }
  return mixed;
}

}  // namespace interneg::jobs
