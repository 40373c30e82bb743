#include "worker/engine/validation/flicker.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace interneg::validation {
namespace {

void RequireSame(const image::Image& now, const image::Image& next, const image::MotionField& motion,
                 const char* function) {
  RequireFits(motion, now.size(), function);
  if (now.size() == next.size() && now.channel_count() == next.channel_count()) return;
  throw std::invalid_argument(std::string(function) + ": the pictures differ in size or planes");
}

}  // namespace

double TemporalDifference(const image::Image& now, const image::Image& next, const image::MotionField& motion,
                          std::span<const float> weight) {
  RequireSame(now, next, motion, "TemporalDifference");
  if (!weight.empty() && weight.size() != now.pixel_count()) {
    throw std::invalid_argument("TemporalDifference: the weight must have a value for every pixel");
  }
  double sum = 0, total = 0;
  std::size_t i = 0;
  for (int y = 0; y < now.height_px(); ++y) {
    for (int x = 0; x < now.width_px(); ++x, ++i) {
      const double counts = weight.empty() ? 1.0 : double{weight[i]};
      const float at_x = static_cast<float>(x) + motion.dx_px[i], at_y = static_cast<float>(y) + motion.dy_px[i];
      if (!(counts > 0.0) || !image::Contains(now.size(), at_x, at_y)) continue;
      for (int c = 0; c < now.channel_count(); ++c) {
        sum += counts * std::abs(double{now.plane(c)[i]} - double{BilinearAt(next.plane(c), next.size(), at_x, at_y)});
        total += counts;
      }
    }
  }
  return total > 0.0 ? sum / total : 0.0;
}

std::vector<float> VisibleShare(const image::Image& now, const image::Image& next, const image::MotionField& motion,
                                double tolerance) {
  RequireSame(now, next, motion, "VisibleShare");
  std::vector<float> visible(now.pixel_count(), 0.0F);
  std::size_t i = 0;
  for (int y = 0; y < now.height_px(); ++y) {
    for (int x = 0; x < now.width_px(); ++x, ++i) {
      const float at_x = static_cast<float>(x) + motion.dx_px[i], at_y = static_cast<float>(y) + motion.dy_px[i];
      if (!image::Contains(now.size(), at_x, at_y)) continue;
      const double difference = double{now.plane(0)[i]} - double{BilinearAt(next.plane(0), next.size(), at_x, at_y)};
      if (std::abs(difference) <= tolerance) visible[i] = 1.0F;
    }
  }
  return visible;
}

double Flicker(double result, double right) { return std::max(0.0, result - right); }

}  // namespace interneg::validation
