#include "worker/engine/validation/luma_plane.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>

#include "worker/engine/image/ycbcr.h"

namespace interneg::validation {

cv::Mat1f LumaOf(const image::Image& rgb) {
  const auto [kr, kg, kb] = image::WeightsOf(image::YCbCrMatrix::kBt709);
  cv::Mat1f luma(rgb.height_px(), rgb.width_px());
  const auto r = rgb.plane(0), g = rgb.plane(1), b = rgb.plane(2);
  for (std::size_t i = 0; i < r.size(); ++i) {
    luma(static_cast<int>(i)) = static_cast<float>(kr * r[i] + kg * g[i] + kb * b[i]);
  }
  return luma;
}

cv::Mat1f PlaneOf(const image::Image& rgb, int index) {
  cv::Mat1f plane(rgb.height_px(), rgb.width_px());
  std::copy(rgb.plane(index).begin(), rgb.plane(index).end(), plane.begin());
  return plane;
}

double Quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0.0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto rank = static_cast<std::ptrdiff_t>(std::clamp(share, 0.0, 1.0) * last + 0.5);
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

double RobustSigma(std::vector<float> values) {
  const auto middle = static_cast<float>(Quantile(values, 0.5));
  for (float& v : values) v = std::abs(v - middle);
  return 1.4826 * Quantile(std::move(values), 0.5);
}

void RequireFramesOfOneShot(std::span<const image::Image> frames) {
  if (frames.empty()) throw std::invalid_argument("element measures: there is no frame to measure");
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string name = "element measures: frame " + std::to_string(i + 1);
    if (frames[i].channel_count() != 3) throw std::invalid_argument(name + ": R, G and B planes are needed");
    if (frames[i].size() != frames[0].size()) throw std::invalid_argument(name + " has another size than the first");
    const auto values = frames[i].values();
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
      throw std::invalid_argument(name + " holds NaN or infinite pixels; leave it out or repair it");
    }
  }
}

}  // namespace interneg::validation
