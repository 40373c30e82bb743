#include "worker/engine/jobs/score_flicker.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "worker/engine/image/motion_field.h"
#include "worker/engine/preparation/motion_between.h"
#include "worker/engine/validation/flicker.h"

namespace interneg::jobs {
namespace {

// `count` planes from `first` on.
image::Image PlanesOf(const image::Image& planes, int first, int count) {
  const auto names = planes.channels().begin() + first;
  image::Image out(planes.size(), {names, names + count}, planes.color_space());
  for (int c = 0; c < count; ++c) std::ranges::copy(planes.plane(first + c), out.plane(c).begin());
  return out;
}

ScoredPictures InYCbCr(const ScoredPictures& rgb, image::YCbCrMatrix matrix) {
  ScoredPictures planes{image::RgbToYCbCr(rgb.truth, matrix), image::RgbToYCbCr(rgb.result, matrix), {}};
  if (rgb.source) planes.source = image::RgbToYCbCr(*rgb.source, matrix);
  return planes;
}

void AddChange(const image::Image& now, const image::Image& next, const image::MotionField& motion,
               std::span<const float> visible, PlaneChange& sum) {
  const auto change = [&](int first, int count) {
    return validation::TemporalDifference(PlanesOf(now, first, count), PlanesOf(next, first, count), motion, visible);
  };
  sum.luma += change(0, 1);
  sum.chroma += change(1, 2);
}

PlaneChange Over(const PlaneChange& sum, int count) {
  return {sum.chroma / count, sum.luma / count};
}

PlaneChange FlickerOf(const PlaneChange& result, const PlaneChange& right) {
  return {validation::Flicker(result.chroma, right.chroma), validation::Flicker(result.luma, right.luma)};
}

}  // namespace

void FlickerSums::Add(int frame, const ScoredPictures& pictures) {
  auto next = InYCbCr(pictures, matrix_);
  if (now_ && frame == frame_ + 1) Compare(next);
  now_ = std::move(next);
  frame_ = frame;
}

void FlickerSums::Compare(const ScoredPictures& next) {
  const auto motion = preparation::MotionBetween(PlanesOf(now_->truth, 0, 1), PlanesOf(next.truth, 0, 1));
  const auto visible = validation::VisibleShare(now_->truth, next.truth, motion);
  AddChange(now_->truth, next.truth, motion, visible, truth_);
  AddChange(now_->result, next.result, motion, visible, result_);
  if (now_->source && next.source) {
    if (!source_) source_.emplace();
    AddChange(*now_->source, *next.source, motion, visible, *source_);
  }
  ++neighbours_;
}

FlickerScore FlickerSums::Mean() const {
  FlickerScore score;
  if (neighbours_ == 0) return score;
  score.neighbours = neighbours_;
  score.truth = Over(truth_, neighbours_);
  score.result = FlickerOf(Over(result_, neighbours_), score.truth);
  if (source_) score.source = FlickerOf(Over(*source_, neighbours_), score.truth);
  return score;
}

}  // namespace interneg::jobs
