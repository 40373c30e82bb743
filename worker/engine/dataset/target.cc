#include "worker/engine/dataset/target.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace interneg::dataset {
namespace {

constexpr Recovery kAll[] = {Recovery::kChroma, Recovery::kSpatial, Recovery::kCombined, Recovery::kDirect};

void CopyPlane(const image::Image& from, image::Image& to, int plane) {
  const auto source = from.plane(plane);
  std::copy(source.begin(), source.end(), to.plane(plane).begin());
}

// One pass of a box mean of radius `radius_px` along a line of `count` values `stride` apart, edges repeated.
void BoxLine(const float* in, float* out, int count, std::ptrdiff_t stride, int radius_px) {
  const auto at = [&](int i) { return static_cast<double>(in[std::clamp(i, 0, count - 1) * stride]); };
  double sum = 0;
  for (int i = -radius_px; i <= radius_px; ++i) sum += at(i);
  for (int i = 0; i < count; ++i) {
    out[i * stride] = static_cast<float>(sum / (2 * radius_px + 1));
    sum += at(i + radius_px + 1) - at(i - radius_px);
  }
}

// Three box passes approximate a Gaussian (central limit); good enough for a low band that only carries grade.
std::vector<float> LowBand(std::span<const float> plane, image::Size size, int radius_px) {
  std::vector<float> a(plane.begin(), plane.end()), b(a.size());
  const int w = size.width_px, h = size.height_px;
  for (int pass = 0; pass < 3; ++pass) {
    for (int y = 0; y < h; ++y)
      BoxLine(&a[static_cast<std::size_t>(y) * w], &b[static_cast<std::size_t>(y) * w], w, 1, radius_px);
    for (int x = 0; x < w; ++x) BoxLine(&b[x], &a[x], h, w, radius_px);
  }
  return a;
}

void MatchLowFrequencyLuma(const image::Image& input, image::Image& truth) {
  const int radius_px = std::max(2, std::min(input.width_px(), input.height_px()) / 48);
  const auto from = LowBand(truth.plane(0), truth.size(), radius_px);
  const auto to = LowBand(input.plane(0), input.size(), radius_px);
  auto luma = truth.plane(0);
  for (std::size_t i = 0; i < luma.size(); ++i) luma[i] += to[i] - from[i];
}

}  // namespace

std::string_view NameOf(Recovery recovery) {
  switch (recovery) {
    case Recovery::kChroma:
      return "chroma";
    case Recovery::kSpatial:
      return "spatial";
    case Recovery::kCombined:
      return "combined";
    case Recovery::kDirect:
      return "direct";
  }
  throw std::invalid_argument("NameOf: not a recovery");
}

Recovery ParseRecovery(std::string_view name) {
  for (const Recovery recovery : kAll) {
    if (name == NameOf(recovery)) return recovery;
  }
  throw std::invalid_argument("unknown recovery '" + std::string(name) + "': use chroma, spatial, combined or direct");
}

std::string_view NameOf(LumaMatch match) {
  return match == LumaMatch::kOff ? "off" : "low-frequency";
}

bool MatchesLuma(Recovery recovery) {
  return recovery == Recovery::kSpatial || recovery == Recovery::kCombined;
}

Target BuildTarget(const Pair& pair, Recovery recovery, image::YCbCrMatrix matrix, LumaMatch match) {
  if (pair.source.size() != pair.reference.size()) {
    throw std::invalid_argument("BuildTarget: source and reference of frame " + std::to_string(pair.frame) +
                                " differ in size");
  }
  Target target{image::RgbToYCbCr(image::ClampedToUnit(pair.source), matrix),
                image::RgbToYCbCr(image::ClampedToUnit(pair.reference), matrix)};
  if (MatchesLuma(recovery) && match == LumaMatch::kLowFrequency) MatchLowFrequencyLuma(target.input, target.truth);
  if (recovery == Recovery::kChroma) CopyPlane(target.input, target.truth, 0);
  if (recovery == Recovery::kSpatial) {
    CopyPlane(target.input, target.truth, 1);
    CopyPlane(target.input, target.truth, 2);
  }
  return target;
}

double HeldPlaneDifference(const Target& target, Recovery recovery) {
  std::vector<int> held;
  if (recovery == Recovery::kChroma) held = {0};
  if (recovery == Recovery::kSpatial) held = {1, 2};
  double largest = 0;
  for (const int plane : held) {
    const auto a = target.input.plane(plane), b = target.truth.plane(plane);
    for (std::size_t i = 0; i < a.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    }
  }
  return largest;
}

}  // namespace interneg::dataset
