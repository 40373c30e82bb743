#include "worker/engine/validation/edge_halo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <span>

#include "worker/engine/validation/luma_plane.h"

namespace interneg::validation {
namespace {

constexpr int kReach_px = 9;
constexpr std::size_t kPlateau = 7;  // samples from 6 to 9 px
constexpr std::size_t kSamples = HaloComparison::kSamples;
using Profile = std::array<double, kSamples>;

double At(const cv::Mat1f& plane, double x, double y) {
  const int x0 = std::min(static_cast<int>(x), plane.cols - 2), y0 = std::min(static_cast<int>(y), plane.rows - 2);
  const double fx = x - x0, fy = y - y0;
  return (1 - fy) * ((1 - fx) * plane(y0, x0) + fx * plane(y0, x0 + 1)) +
         fy * ((1 - fx) * plane(y0 + 1, x0) + fx * plane(y0 + 1, x0 + 1));
}

struct Normal {
  double x, y;
};

Profile Along(const cv::Mat1f& plane, cv::Point at, Normal n) {
  Profile out;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double d = 0.5 * static_cast<double>(i) - kReach_px;
    out[i] = At(plane, at.x + d * n.x, at.y + d * n.y);
  }
  return out;
}

struct Plateaus {
  double low, high, spread;
};

Plateaus PlateausOf(const Profile& p) {
  const std::span<const double> low(p.data(), kPlateau), high(p.data() + kSamples - kPlateau, kPlateau);
  const auto mean = [](std::span<const double> v) {
    double sum = 0;
    for (const double x : v) sum += x;
    return sum / static_cast<double>(v.size());
  };
  const auto spread = [](std::span<const double> v) {
    const auto [least, most] = std::minmax_element(v.begin(), v.end());
    return *most - *least;
  };
  return {mean(low), mean(high), std::max(spread(low), spread(high))};
}

bool IsIsolatedEdge(const Profile& blurred) {
  const auto plateaus = PlateausOf(blurred);
  const double height = plateaus.high - plateaus.low;
  if (height < 0.08 || plateaus.spread > 0.15 * height) return false;
  const double middle = 0.5 * (plateaus.high + plateaus.low);
  return std::abs(blurred[kSamples / 2] - middle) <= 0.25 * height;
}

// Calls `found(pixel, normal)` for every isolated edge.
template <typename Found>
void ForEachEdge(const cv::Mat1f& luma, const Found& found) {
  cv::Mat1f smooth, gx, gy, size;
  cv::GaussianBlur(luma, smooth, {0, 0}, 1.0);
  cv::Sobel(smooth, gx, CV_32F, 1, 0, 3, 0.125);
  cv::Sobel(smooth, gy, CV_32F, 0, 1, 3, 0.125);
  cv::magnitude(gx, gy, size);
  // An edge of the least height under this blur is no flatter.
  constexpr float kLeastGradient = 0.01F;
  for (int y = kReach_px + 1; y < luma.rows - kReach_px - 1; ++y) {
    for (int x = kReach_px + 1; x < luma.cols - kReach_px - 1; ++x) {
      const double g = size(y, x);
      if (g < kLeastGradient) continue;
      const Normal n{gx(y, x) / g, gy(y, x) / g};
      if (At(size, x + n.x, y + n.y) > g || At(size, x - n.x, y - n.y) >= g) continue;
      if (IsIsolatedEdge(Along(smooth, {x, y}, n))) found(cv::Point(x, y), n);
    }
  }
}

}  // namespace

void HaloComparison::Add(const image::Image& result, const image::Image& reference) {
  const std::array both = {result, reference};
  RequireFramesOfOneShot(both);
  const cv::Mat1f of_result = LumaOf(result), of_reference = LumaOf(reference);
  const auto add = [](Sum& sum, const Profile& profile) {
    const auto plateaus = PlateausOf(profile);
    for (std::size_t i = 0; i < kSamples; ++i) sum.above_low[i] += profile[i] - plateaus.low;
    sum.height += plateaus.high - plateaus.low;
  };
  ForEachEdge(of_reference, [&](cv::Point at, Normal n) {
    add(result_, Along(of_result, at, n));
    add(reference_, Along(of_reference, at, n));
    ++edges_;
  });
}

double HaloComparison::Sum::Overshoot() const {
  constexpr std::size_t kMiddle = kSamples / 2, kNear = 10;  // 5 px
  double most = -1;
  for (std::size_t i = 1; i <= kNear; ++i) {
    most = std::max({most, above_low[kMiddle + i] / height - 1.0, -above_low[kMiddle - i] / height});
  }
  return most;
}

std::optional<EdgeHalo> HaloComparison::Halo() const {
  if (edges_ == 0 || !(result_.height > 0)) return std::nullopt;
  return EdgeHalo{result_.Overshoot(), reference_.Overshoot(), edges_};
}

}  // namespace interneg::validation
