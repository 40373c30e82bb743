#include "worker/engine/jobs/score_job.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/training_crop.h"

namespace interneg::jobs {
namespace {

// A medium as the display shows it.
class Shown {
 public:
  Shown(Medium medium, const ColorPlan& color, const std::optional<PictureArea>& crop)
      : medium_(std::move(medium)), transform_(TrainingTransformOf(medium_, color)), crop_(crop) {}
  image::Image Read(int frame) const {
    const auto read = medium_.Read(frame).rgb;
    if (!crop_) return transform_.ToTraining(read).rgb;
    return transform_.ToTraining(image::Crop(read, {crop_->x_px, crop_->y_px, {crop_->width_px, crop_->height_px}}))
        .rgb;
  }
  const Medium& medium() const { return medium_; }

 private:
  Medium medium_;
  color::TrainingTransform transform_;
  std::optional<PictureArea> crop_;
};

void RequireInside(const PictureArea& crop, image::Size size) {
  const bool inside = crop.x_px >= 0 && crop.y_px >= 0 && crop.width_px > 0 && crop.height_px > 0 &&
                      crop.x_px <= size.width_px - crop.width_px && crop.y_px <= size.height_px - crop.height_px;
  if (inside) return;
  throw BadInput("--crop: " + TextOf(crop) + " leaves the picture of " + std::to_string(size.width_px) + "x" +
                     std::to_string(size.height_px),
                 "give the place of its top left pixel, width and height, as the render crop was given");
}

void RequireNeighbours(const frames::FrameRange& range) {
  const auto frames = range.Sorted();
  const auto followed = [](int frame, int next) { return next == frame + 1; };
  if (std::adjacent_find(frames.begin(), frames.end(), followed) != frames.end()) return;
  throw BadInput("--flicker: of the frames " + range.ToString() + " no two are neighbours",
                 "give --range frames that follow each other, such as 1001-1010");
}

FrameSource WithRange(FrameSource source, const std::string& range) {
  if (source.range.empty()) source.range = range;
  return source;
}

}  // namespace

Score RunScore(const JobContext& context, const ScoreRequest& request) {
  auto color = PlanColor(request.color, "color", context);
  color.domain = color::TrainingDomain::kDisplay;
  const Shown truth(OpenMedium(context, request.truth, "truth", "truth", color.config), color, request.crop);
  if (request.crop) RequireInside(*request.crop, truth.medium().facts.size);
  const auto& range = truth.medium().range;
  if (request.flicker == ScoreFlicker::kYes) RequireNeighbours(range);
  const auto open = [&](const FrameSource& source, const std::string& name) {
    Shown shown(OpenMedium(context, WithRange(source, range.ToString()), name, name, color.config), color,
                request.crop);
    CheckParity(shown.medium(), truth.medium());
    return shown;
  };
  const Shown result = open(request.result, "result");
  std::optional<Shown> source;
  if (request.source) source.emplace(open(*request.source, "source"));
  Score score;
  validation::MeanFigures of_result, of_source;
  FlickerSums flicker(color.matrix);
  for (const int frame : range.Sorted()) {
    context.ThrowIfStopped();
    ScoredPictures pictures{truth.Read(frame), result.Read(frame), {}};
    ScoredFrame scored{frame, validation::Compare(pictures.result, pictures.truth, color.matrix), {}};
    of_result.Add(scored.result);
    if (source) {
      pictures.source = source->Read(frame);
      scored.source = validation::Compare(*pictures.source, pictures.truth, color.matrix);
      of_source.Add(*scored.source);
    }
    if (request.flicker == ScoreFlicker::kYes) flicker.Add(frame, pictures);
    score.frames.push_back(scored);
  }
  if (request.flicker == ScoreFlicker::kYes) score.flicker = flicker.Mean();
  score.result = of_result.Mean();
  if (source) score.source = of_source.Mean();
  return score;
}

}  // namespace interneg::jobs
