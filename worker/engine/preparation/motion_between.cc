#include "worker/engine/preparation/motion_between.h"

#include <stdexcept>

#include "worker/engine/preparation/motion.h"
#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {

image::MotionField MotionBetween(const image::Image& from, const image::Image& to) {
  if (from.size() != to.size()) throw std::invalid_argument("MotionBetween: the pictures differ in size");
  const auto motion = EstimateMotion(View(from, 0), View(to, 0));
  image::MotionField field{from.size(), {}, {}};
  field.dx_px.reserve(from.pixel_count());
  field.dy_px.reserve(from.pixel_count());
  for (int y = 0; y < from.height_px(); ++y) {
    for (int x = 0; x < from.width_px(); ++x) {
      const cv::Vec2s v = motion.vectors(y / Motion::kCell, x / Motion::kCell);
      field.dx_px.push_back(0.25F * v[0]);
      field.dy_px.push_back(0.25F * v[1]);
    }
  }
  return field;
}

}  // namespace interneg::preparation
