#include "worker/engine/color/exposure_scale.h"

#include <algorithm>
#include <stdexcept>

namespace interneg::color {
namespace {

void RequireSameSize(const image::Image& picture, const image::Image& scale) {
  if (picture.size() != scale.size()) {
    throw std::invalid_argument("the exposure scale is " + std::to_string(scale.width_px()) + "x" +
                                std::to_string(scale.height_px()) + " but the picture " +
                                std::to_string(picture.width_px()) + "x" + std::to_string(picture.height_px()));
  }
}

}  // namespace

float ExposureScale(float peak) {
  if (peak > kHighKnee) {
    const float over = peak - kHighKnee;
    return peak / (kHighKnee + over / (1.0F + over / (kHighCeiling - kHighKnee)));
  }
  if (peak >= 2.0F * kFloor) return 1.0F;
  const float bend = std::max(peak, 0.0F);
  return peak / (kFloor + bend * bend / (4.0F * kFloor));
}

float ExposureScale(float r, float g, float b) {
  const float peak = std::max({r, g, b});
  const float least = -std::min({r, g, b}) / kHighCeiling;
  if (peak <= 0.0F) return -std::max(-peak / kFloor, least);
  return std::max(ExposureScale(peak), least);
}

image::Image TakeExposureScale(image::Image& ap0) {
  image::Image scale(ap0.size(), {"scale"}, ap0.color_space());
  const auto r = ap0.plane(0), g = ap0.plane(1), b = ap0.plane(2);
  const auto factor = scale.plane(0);
  bool needed = false;
  for (std::size_t i = 0; i < factor.size(); ++i) {
    factor[i] = ExposureScale(r[i], g[i], b[i]);
    needed = needed || factor[i] != 1.0F;
  }
  if (!needed) return {};
  DivideByScale(ap0, scale);
  return scale;
}

void DivideByScale(image::Image& ap0, const image::Image& scale) {
  if (scale.empty()) return;
  RequireSameSize(ap0, scale);
  const auto factor = scale.plane(0);
  for (int c = 0; c < 3; ++c) {
    auto plane = ap0.plane(c);
    for (std::size_t i = 0; i < factor.size(); ++i) plane[i] = factor[i] == 0.0F ? kFloor : plane[i] / factor[i];
  }
}

void MultiplyByScale(image::Image& ap0, const image::Image& scale) {
  if (scale.empty()) return;
  RequireSameSize(ap0, scale);
  const auto factor = scale.plane(0);
  for (int c = 0; c < 3; ++c) {
    auto plane = ap0.plane(c);
    for (std::size_t i = 0; i < factor.size(); ++i) plane[i] *= factor[i];
  }
}

}  // namespace interneg::color
