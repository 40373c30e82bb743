#include "worker/engine/image/gaussian.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace interneg::image {
namespace {

// From the middle outwards; the middle once, the others stand for two.
std::vector<float> HalfKernel(double sigma_px) {
  const int reach = std::max(1, static_cast<int>(std::ceil(3.0 * sigma_px)));
  std::vector<double> weights;
  double sum = 0;
  for (int r = 0; r <= reach; ++r) {
    weights.push_back(std::exp(-0.5 * (r / sigma_px) * (r / sigma_px)));
    sum += (r == 0 ? 1.0 : 2.0) * weights.back();
  }
  std::vector<float> kernel;
  for (const double weight : weights) kernel.push_back(static_cast<float>(weight / sum));
  return kernel;
}

void BlurRow(const float* in, float* out, int width, const std::vector<float>& kernel, std::vector<float>& padded) {
  const int reach = static_cast<int>(kernel.size()) - 1;
  padded.resize(static_cast<std::size_t>(width + 2 * reach));
  std::fill_n(padded.begin(), reach, in[0]);
  std::copy_n(in, width, padded.begin() + reach);
  std::fill_n(padded.end() - reach, reach, in[width - 1]);
  const float* middle = padded.data() + reach;
  for (int x = 0; x < width; ++x) out[x] = kernel[0] * middle[x];
  for (int r = 1; r <= reach; ++r) {
    const float weight = kernel[static_cast<std::size_t>(r)];
    for (int x = 0; x < width; ++x) out[x] += weight * (middle[x - r] + middle[x + r]);
  }
}

void BlurColumns(const std::vector<float>& in, std::vector<float>& out, Size size, const std::vector<float>& kernel) {
  const auto width = static_cast<std::size_t>(size.width_px);
  const auto row = [&](int y) { return in.data() + static_cast<std::size_t>(std::clamp(y, 0, size.height_px - 1)) * width; };
  for (int y = 0; y < size.height_px; ++y) {
    float* to = out.data() + static_cast<std::size_t>(y) * width;
    const float* middle = row(y);
    for (std::size_t x = 0; x < width; ++x) to[x] = kernel[0] * middle[x];
    for (int r = 1; r < static_cast<int>(kernel.size()); ++r) {
      const float weight = kernel[static_cast<std::size_t>(r)];
      const float *above = row(y - r), *below = row(y + r);
      for (std::size_t x = 0; x < width; ++x) to[x] += weight * (above[x] + below[x]);
    }
  }
}

}  // namespace

std::vector<float> GaussianBlurred(std::span<const float> plane, Size size, double sigma_px) {
  if (!(sigma_px > 0.0)) throw std::invalid_argument("GaussianBlurred: sigma must be positive");
  const auto width = static_cast<std::size_t>(size.width_px), height = static_cast<std::size_t>(size.height_px);
  if (plane.size() != width * height) throw std::invalid_argument("GaussianBlurred: the plane has another size");
  const auto kernel = HalfKernel(sigma_px);
  std::vector<float> across(plane.size()), out(plane.size()), padded;
  for (std::size_t y = 0; y < height; ++y)
    BlurRow(plane.data() + y * width, across.data() + y * width, size.width_px, kernel, padded);
  BlurColumns(across, out, size, kernel);
  return out;
}

}  // namespace interneg::image
