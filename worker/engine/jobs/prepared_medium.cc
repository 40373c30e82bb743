#include "worker/engine/jobs/prepared_medium.h"

#include <utility>
#include <vector>

#include "worker/engine/frames/frame_error.h"

namespace interneg::jobs {
namespace {

bool NeedsPartner(const preparation::Step& step) {
  return std::holds_alternative<preparation::LumaMatch>(step) || std::holds_alternative<preparation::ColourMatch>(step);
}

}  // namespace

PreparedMedium::PreparedMedium(const Medium& medium, const color::TrainingTransform& transform,
                               const preparation::Preparation& preparation)
    : medium_(medium), transform_(transform) {
  if (preparation.is_identity()) return;
  const auto frames = medium.range.Sorted();
  first_ = frames.front();
  shot_.emplace(preparation, frames.back() - first_ + 1, [this](int index) { return Read(first_ + index); });
}

std::optional<image::Image> PreparedMedium::Read(int frame) const try {
  if (frame == asked_ && original_ != nullptr) return *original_;
  auto picture = medium_.Read(frame).rgb;
  if (picture.size() != medium_.facts.size) return std::nullopt;
  return transform_.ToTraining(picture).rgb;
} catch (const frames::FrameError& error) {
  if (error.fault() == frames::FrameFault::kStorage) throw;
  return std::nullopt;
}

image::Image PreparedMedium::See(int frame, image::Image original) {
  if (!shot_) return original;
  asked_ = frame;
  original_ = &original;
  auto seen = shot_->Frame(frame - first_);
  original_ = nullptr;
  return seen;
}

SplitPreparation Split(const preparation::Preparation& preparation) {
  std::vector<preparation::Step> alone, with_partner;
  for (const auto& step : preparation.steps()) (NeedsPartner(step) ? with_partner : alone).push_back(step);
  return {preparation::Preparation(std::move(alone), preparation.role()),
          preparation::Preparation(std::move(with_partner), preparation.role())};
}

}  // namespace interneg::jobs
