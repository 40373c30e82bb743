#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "worker/engine/alignment/residual.h"

namespace interneg::alignment {
namespace {

constexpr float kBlack = .002F, kWhite = .998F, kClippedConfidence = .1F;

double SmoothStep(double from, double to, double v) {
  const double t = std::clamp((v - from) / (to - from), 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}

bool IsClipped(const image::Image& picture, std::size_t at) {
  bool black = true;
  for (int c = 0; c < picture.channel_count(); ++c) {
    const float v = picture.plane(c)[at];
    if (v >= kWhite) return true;
    black &= v <= kBlack;
  }
  return black;
}

}  // namespace

image::Image ConfidencePlane(const image::Image& source, const Resampled& aligned, const Residual& residual,
                             std::span<const image::Image> masks) {
  if (source.size() != aligned.picture.size() || source.size() != aligned.coverage.size() ||
      source.size() != residual.map.size()) {
    throw std::invalid_argument("ConfidencePlane: source, aligned reference and residual are of one size");
  }
  for (const auto& mask : masks) {
    if (mask.size() != source.size())
      throw std::invalid_argument("ConfidencePlane: a mask is not of the source's size");
  }
  image::Image out(source.size(), {"confidence"}, source.color_space());
  const auto coverage = aligned.coverage.plane(0), left = residual.map.plane(0);
  auto confidence = out.plane(0);
  for (std::size_t i = 0; i < confidence.size(); ++i) {
    double value = SmoothStep(.5, 1.0, coverage[i]) * (1.0 - SmoothStep(.25, .75, left[i]));
    if (IsClipped(source, i) || IsClipped(aligned.picture, i)) value *= kClippedConfidence;
    for (const auto& mask : masks) value *= 1.0 - std::clamp(static_cast<double>(mask.plane(0)[i]), 0.0, 1.0);
    confidence[i] = static_cast<float>(value);
  }
  return out;
}

}  // namespace interneg::alignment
