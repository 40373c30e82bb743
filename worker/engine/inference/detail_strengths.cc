#include "worker/engine/inference/detail_strengths.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>

#include "worker/engine/image/gaussian.h"

namespace interneg::inference {
namespace {

constexpr double kFine_px = 1.0, kMiddle_px = 3.0;

void Require(const char* name, double strength) {
  if (strength >= 0.0 && strength <= kMostStrength) return;
  throw std::invalid_argument(std::string("the ") + name + " strength must lie in 0 to " +
                              std::to_string(static_cast<int>(kMostStrength)) + ", where 1 is what was predicted, got " +
                              std::to_string(strength));
}

// |∇|² by central differences, one-sided at the border.
std::vector<float> SquaredGradient(const std::vector<float>& plane, image::Size size) {
  const int w = size.width_px, h = size.height_px;
  std::vector<float> out(plane.size());
  const auto at = [&](int x, int y) {
    return plane[static_cast<std::size_t>(std::clamp(y, 0, h - 1)) * w + std::clamp(x, 0, w - 1)];
  };
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const float gx = 0.5F * (at(x + 1, y) - at(x - 1, y)), gy = 0.5F * (at(x, y + 1) - at(x, y - 1));
      out[static_cast<std::size_t>(y) * w + x] = gx * gx + gy * gy;
    }
  }
  return out;
}

// J₀; 0 where no pixel shows grain.
float FlattestFifth(const std::vector<float>& j, const std::vector<float>& smooth, image::Size size,
                    const image::Rectangle& recovered) {
  constexpr float kDarkest = 0.03F, kLightest = 0.97F;
  std::vector<float> of_picture;
  for (int y = recovered.y_px; y < recovered.y_px + recovered.size.height_px; ++y) {
    for (int x = recovered.x_px; x < recovered.x_px + recovered.size.width_px; ++x) {
      const auto i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width_px) + static_cast<std::size_t>(x);
      if (j[i] > 0.0F && smooth[i] >= kDarkest && smooth[i] <= kLightest) of_picture.push_back(j[i]);
    }
  }
  if (of_picture.empty()) return 0.0F;
  const auto fifth = of_picture.begin() + static_cast<std::ptrdiff_t>(of_picture.size() / 5);
  std::nth_element(of_picture.begin(), fifth, of_picture.end());
  return *fifth;
}

// k of each pixel.
std::vector<float> StructureShare(std::span<const float> source_y, image::Size size,
                                  const image::Rectangle& recovered) {
  constexpr float kAboveFlat = 4.0F;
  const auto smooth = image::GaussianBlurred(source_y, size, 1.5);
  std::vector<float> j = image::GaussianBlurred(SquaredGradient(smooth, size), size, 3.0);
  const float flat = kAboveFlat * FlattestFifth(j, smooth, size, recovered);
  for (float& v : j) v = v > flat ? 1.0F - flat / v : 0.0F;
  return j;
}

}  // namespace

void RequireStrengths(const DetailStrengths& strengths) {
  Require("fine", strengths.fine);
  Require("middle", strengths.middle);
  Require("coarse", strengths.coarse);
  Require("grain", strengths.grain);
}

std::vector<float> WithStrengths(std::span<const float> source_y, std::span<const float> predicted_y, image::Size size,
                                 const image::Rectangle& recovered, const DetailStrengths& strengths) {
  RequireStrengths(strengths);
  if (strengths == DetailStrengths{}) return {predicted_y.begin(), predicted_y.end()};
  std::vector<float> change(predicted_y.begin(), predicted_y.end());
  for (std::size_t i = 0; i < change.size(); ++i) change[i] -= source_y[i];
  const auto without_fine = image::GaussianBlurred(change, size, kFine_px);
  const auto coarse = image::GaussianBlurred(change, size, kMiddle_px);
  const auto structure = StructureShare(source_y, size, recovered);
  std::vector<float> out(source_y.begin(), source_y.end());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double k = structure[i];
    const double fine = strengths.fine * k + strengths.grain * (1.0 - k);
    out[i] += static_cast<float>(strengths.coarse * coarse[i] + strengths.middle * (without_fine[i] - coarse[i]) +
                                 fine * (change[i] - without_fine[i]));
  }
  return out;
}

}  // namespace interneg::inference
