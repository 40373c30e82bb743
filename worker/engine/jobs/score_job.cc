#include "worker/engine/jobs/score_job.h"

#include <utility>

#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {
namespace {

// A medium as the display shows it.
class Shown {
 public:
  Shown(Medium medium, const ColorPlan& color)
      : medium_(std::move(medium)), transform_(TrainingTransformOf(medium_, color)) {}
  image::Image Read(int frame) const { return transform_.ToTraining(medium_.Read(frame).rgb).rgb; }
  const Medium& medium() const { return medium_; }

 private:
  Medium medium_;
  color::TrainingTransform transform_;
};

FrameSource WithRange(FrameSource source, const std::string& range) {
  if (source.range.empty()) source.range = range;
  return source;
}

}  // namespace

Score RunScore(const JobContext& context, const ScoreRequest& request) {
  auto color = PlanColor(request.color, "color", context.current_folder);
  color.domain = color::TrainingDomain::kDisplay;
  const Shown truth(OpenMedium(context, request.truth, "truth", "truth", color.config), color);
  const auto& range = truth.medium().range;
  const auto open = [&](const FrameSource& source, const std::string& name) {
    Shown shown(OpenMedium(context, WithRange(source, range.ToString()), name, name, color.config), color);
    CheckParity(shown.medium(), truth.medium());
    return shown;
  };
  const Shown result = open(request.result, "result");
  std::optional<Shown> source;
  if (request.source) source.emplace(open(*request.source, "source"));
  Score score;
  validation::MeanFigures of_result, of_source;
  for (const int frame : range.Sorted()) {
    context.ThrowIfStopped();
    const auto expected = truth.Read(frame);
    ScoredFrame scored{frame, validation::Compare(result.Read(frame), expected, color.matrix), {}};
    of_result.Add(scored.result);
    if (source) {
      scored.source = validation::Compare(source->Read(frame), expected, color.matrix);
      of_source.Add(*scored.source);
    }
    score.frames.push_back(scored);
  }
  score.result = of_result.Mean();
  if (source) score.source = of_source.Mean();
  return score;
}

}  // namespace interneg::jobs
