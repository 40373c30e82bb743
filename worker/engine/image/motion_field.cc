#include "worker/engine/image/motion_field.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace interneg::image {

void RequireFits(const MotionField& motion, Size size, const char* function) {
  const std::size_t pixels = static_cast<std::size_t>(size.width_px) * static_cast<std::size_t>(size.height_px);
  if (motion.size == size && motion.dx_px.size() == pixels && motion.dy_px.size() == pixels) return;
  throw std::invalid_argument(std::string(function) + ": the motion must have a vector for each of " +
                              std::to_string(size.width_px) + "x" + std::to_string(size.height_px) + " pixels");
}

float BilinearAt(std::span<const float> plane, Size size, float x_px, float y_px) {
  const float x = std::clamp(x_px, 0.0F, static_cast<float>(size.width_px - 1));
  const float y = std::clamp(y_px, 0.0F, static_cast<float>(size.height_px - 1));
  const auto width = static_cast<std::size_t>(size.width_px);
  const auto x0 = static_cast<std::size_t>(x), y0 = static_cast<std::size_t>(y);
  const std::size_t x1 = std::min(x0 + 1, width - 1),
                    y1 = std::min(y0 + 1, static_cast<std::size_t>(size.height_px) - 1);
  const float across = x - static_cast<float>(x0), down = y - static_cast<float>(y0);
  const float above = plane[y0 * width + x0] + across * (plane[y0 * width + x1] - plane[y0 * width + x0]);
  const float below = plane[y1 * width + x0] + across * (plane[y1 * width + x1] - plane[y1 * width + x0]);
  return above + down * (below - above);
}

bool Contains(Size size, float x_px, float y_px) {
  return x_px >= -0.5F && y_px >= -0.5F && x_px <= static_cast<float>(size.width_px) - 0.5F &&
         y_px <= static_cast<float>(size.height_px) - 0.5F;
}

MotionField Chained(const MotionField& first, const MotionField& second) {
  RequireFits(first, first.size, "Chained");
  RequireFits(second, first.size, "Chained");
  MotionField out = first;
  std::size_t i = 0;
  for (int y = 0; y < first.size.height_px; ++y) {
    for (int x = 0; x < first.size.width_px; ++x, ++i) {
      const float at_x = static_cast<float>(x) + first.dx_px[i], at_y = static_cast<float>(y) + first.dy_px[i];
      out.dx_px[i] += BilinearAt(second.dx_px, second.size, at_x, at_y);
      out.dy_px[i] += BilinearAt(second.dy_px, second.size, at_x, at_y);
    }
  }
  return out;
}

}  // namespace interneg::image
