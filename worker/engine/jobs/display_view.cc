#include "worker/engine/jobs/display_view.h"

namespace interneg::jobs {

DisplayView::DisplayView(const ColorPlan& color) {
  if (color.domain == color::TrainingDomain::kDisplay) return;
  const auto scene = color.config.Aces2065();
  from_log_.emplace(color.config, scene, color::TrainingRoute::kAcesCct);
  to_display_.emplace(color.config, scene, color::TrainingRoute::kRec709Odt);
}

image::Image DisplayView::Show(const image::Image& training) const {
  if (!from_log_) return training;
  return to_display_->ToTraining(from_log_->FromTraining(training, {})).rgb;
}

}  // namespace interneg::jobs
