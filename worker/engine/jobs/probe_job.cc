#include "worker/engine/jobs/probe_job.h"

#include <algorithm>
#include <string>
#include <vector>

#include "worker/engine/jobs/colour_presence.h"
#include "worker/engine/jobs/element_comparison.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/media_inspection.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/output_plan.h"
#include "worker/engine/jobs/progress.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {
namespace {

// The frames of the job that this medium has; all of its own when the job names none.
std::vector<int> FramesToDecode(const Medium& medium, const std::vector<std::int32_t>& wanted) {
  if (wanted.empty()) return medium.range.Sorted();
  std::vector<int> frames;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(frames),
               [&](int frame) { return medium.range.Contains(frame); });
  return frames;
}

void Decode(const JobContext& context, const Medium& medium, const std::vector<int>& frames) {
  Progress progress(context, "decoding the " + medium.name, frames.size());
  std::vector<std::string> notes;
  for (const int frame : frames) {
    context.ThrowIfStopped();
    for (const auto& note : medium.Read(frame).notes) {
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
    }
    progress.Advance();
  }
  for (const auto& note : notes) context.events.Inform(medium.name + ": " + note);
}

EngineResult RunCheck(const JobContext& context, const ProbeJob& job) {
  const auto color = PlanColor(job.color, "probe.color", context);
  std::vector<Medium> media;
  for (std::size_t i = 0; i < job.media.size(); ++i) {
    const std::string name = job.media.size() == 1 ? "medium" : i == 0 ? "source" : "reference";
    media.push_back(OpenMedium(context, job.media[i], name, "probe.media[" + std::to_string(i) + "]", color.config));
  }
  if (media.size() == 2) CheckParity(media[0], media[1]);
  for (const int frame : job.decoded_frames) {
    for (const auto& medium : media) RequireFrame(medium, frame, "probe.decodedFrames");
  }
  for (const auto& medium : media) {
    TrainingTransformOf(medium, color);  // the way into the training domain exists
    CheckHeaders(context, medium, medium.range);
    context.events.Inform(medium.name + ": " + TextOf(medium));
    SendWarnings(context, medium);
  }
  if (job.recovery == Recovery::kChroma && !HasColour(context, media[0], color)) {
    throw BadInput(kMonochromeSource, kMonochromeRemedy);
  }
  if (job.output) PlanOutput(context, job.output, media[0], media[0].range.Sorted(), color);
  for (const auto& medium : media) Decode(context, medium, FramesToDecode(medium, job.decoded_frames));
  return {EngineOutcome::kSucceeded, std::nullopt, {}};
}

}  // namespace

EngineResult RunProbe(const JobContext& context, const ProbeJob& job, const StageInputs& inputs,
                      const std::filesystem::path& scratch_folder) {
  if (job.comparison) {
    if (!job.media.empty()) throw BadInput("probe.comparison: media are named too", "give one of the two");
    return RunComparison(context, *job.comparison, inputs, scratch_folder);
  }
  if (job.media.empty() || job.media.size() > 2) {
    throw BadInput("probe.media must name one medium, or a source and its reference", "");
  }
  if (job.inspection || job.measure) return RunInspection(context, job, scratch_folder);
  return RunCheck(context, job);
}

}  // namespace interneg::jobs
