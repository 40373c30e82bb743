#include "worker/engine/jobs/prepared_medium.h"

#include <algorithm>
#include <utility>

namespace interneg::jobs {
namespace {

bool NeedsPartner(const preparation::Step& step) {
  return std::holds_alternative<preparation::LumaMatch>(step) || std::holds_alternative<preparation::ColourMatch>(step);
}

}  // namespace

PreparedMedium::PreparedMedium(const Medium& medium, const color::TrainingTransform& transform,
                               const preparation::Preparation& preparation)
    : medium_(medium), transform_(transform), frames_(medium.range.Sorted()) {
  if (preparation.is_identity()) return;
  shot_.emplace(preparation, static_cast<int>(frames_.size()), [this](int index) {
    return transform_.ToTraining(medium_.Read(frames_[static_cast<std::size_t>(index)]).rgb).rgb;
  });
}

image::Image PreparedMedium::See(int frame, image::Image original) {
  if (!shot_) return original;
  const auto place = std::lower_bound(frames_.begin(), frames_.end(), frame);
  return shot_->Frame(static_cast<int>(place - frames_.begin()));
}

SplitPreparation Split(const preparation::Preparation& preparation) {
  std::vector<preparation::Step> alone, with_partner;
  for (const auto& step : preparation.steps()) (NeedsPartner(step) ? with_partner : alone).push_back(step);
  return {preparation::Preparation(std::move(alone), preparation.role()),
          preparation::Preparation(std::move(with_partner), preparation.role())};
}

}  // namespace interneg::jobs
