#include "worker/engine/preparation/noise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <vector>

namespace interneg::preparation {
namespace {

using Samples = std::array<std::vector<float>, Noise::kBins>;

int BinOf(float luma) {
  return std::clamp(static_cast<int>(luma * Noise::kBins), 0, Noise::kBins - 1);
}

// Bins with too few samples take the nearest one's figure.
std::array<double, Noise::kBins> Filled(const std::array<double, Noise::kBins>& sigma, const Samples& samples,
                                        std::size_t enough) {
  std::array<double, Noise::kBins> out{};
  for (int bin = 0; bin < Noise::kBins; ++bin) {
    int nearest = -1;
    for (int other = 0; other < Noise::kBins; ++other) {
      if (samples[static_cast<std::size_t>(other)].size() < enough) continue;
      if (nearest < 0 || std::abs(other - bin) < std::abs(nearest - bin)) nearest = other;
    }
    out[static_cast<std::size_t>(bin)] = nearest < 0 ? 0.0 : sigma[static_cast<std::size_t>(nearest)];
  }
  return out;
}

std::array<double, Noise::kBins> TemporalSigma(const cv::Mat1f& plane, const cv::Mat1f& smooth_luma, int channel,
                                               std::span<const Planes> compensated) {
  Samples samples;
  // A prime stride meets all columns.
  const std::size_t stride = plane.total() > 400000 ? 7 : 1;
  for (const Planes& other : compensated) {
    const float *a = plane.ptr<float>(), *b = other[static_cast<std::size_t>(channel)].ptr<float>();
    const float* luma = smooth_luma.ptr<float>();
    // The views may lie in a larger picture's memory, but planes are always whole: rows follow each other.
    for (std::size_t i = 0; i < plane.total(); i += stride) {
      samples[static_cast<std::size_t>(BinOf(luma[i]))].push_back(std::abs(a[i] - b[i]));
    }
  }
  std::array<double, Noise::kBins> sigma{};
  for (std::size_t bin = 0; bin < sigma.size(); ++bin)
    sigma[bin] = 1.4826 * Quantile(samples[bin], 0.5) / std::sqrt(2.0);
  return Filled(sigma, samples, 200);
}

std::array<double, Noise::kBins> SpatialSigma(const cv::Mat1f& plane, const cv::Mat1f& smooth_luma) {
  constexpr int kBlock = 8;
  const cv::Mat1f rest = plane - Blurred(plane, 1.2);
  Samples samples;
  for (int y = 0; y + kBlock <= rest.rows; y += kBlock) {
    for (int x = 0; x + kBlock <= rest.cols; x += kBlock) {
      const cv::Mat1f block = rest(cv::Rect(x, y, kBlock, kBlock));
      const auto bin = static_cast<std::size_t>(BinOf(smooth_luma(y + kBlock / 2, x + kBlock / 2)));
      samples[bin].push_back(static_cast<float>(cv::norm(block) / kBlock));
    }
  }
  std::array<double, Noise::kBins> sigma{};
  for (std::size_t bin = 0; bin < sigma.size(); ++bin) sigma[bin] = 1.6 * Quantile(samples[bin], 0.05);
  return Filled(sigma, samples, 20);
}

}  // namespace

Noise MeasureNoise(const Planes& picture, std::span<const Planes> compensated) {
  const cv::Mat1f luma = BoxMean(LumaOf(picture), 2);
  Noise noise;
  for (int c = 0; c < 3; ++c) {
    auto& sigma = noise.sigma[static_cast<std::size_t>(c)];
    const cv::Mat1f& plane = picture[static_cast<std::size_t>(c)];
    sigma = SpatialSigma(plane, luma);
    if (compensated.empty()) continue;
    const auto temporal = TemporalSigma(plane, luma, c, compensated);
    for (std::size_t bin = 0; bin < sigma.size(); ++bin) sigma[bin] = std::min(temporal[bin], 1.6 * sigma[bin]);
  }
  return noise;
}

cv::Mat1f Noise::MapOf(int channel, const cv::Mat1f& luma) const {
  const auto& level = sigma[static_cast<std::size_t>(channel)];
  cv::Mat1f map = BoxMean(luma, 2);
  ForRows(map.rows, [&](int row) {
    for (float* value = map[row]; value != map[row] + map.cols; ++value) {
      const double at = std::clamp(static_cast<double>(*value) * kBins - 0.5, 0.0, kBins - 1.0);
      const auto low = static_cast<std::size_t>(at), high = std::min<std::size_t>(low + 1, kBins - 1);
      const double share = at - static_cast<double>(low);
      *value = static_cast<float>(std::max(kLeast, (1.0 - share) * level[low] + share * level[high]));
    }
  });
  return map;
}

}  // namespace interneg::preparation
