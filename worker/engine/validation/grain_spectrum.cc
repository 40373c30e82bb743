#include "worker/engine/validation/grain_spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "worker/engine/validation/flat_blocks.h"
#include "worker/engine/validation/luma_plane.h"

namespace interneg::validation {
namespace {

constexpr int kSide = kFlatBlock_px;

// What takes mean and slope out of a line, then its orthonormal DCT-II.
cv::Mat1d LineTransform() {
  cv::Mat1d cosine(kSide, kSide), rest = cv::Mat1d::eye(kSide, kSide);
  double squares = 0;
  for (int i = 0; i < kSide; ++i) squares += std::pow(i - 0.5 * (kSide - 1), 2);
  for (int k = 0; k < kSide; ++k) {
    const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / kSide);
    for (int i = 0; i < kSide; ++i) {
      cosine(k, i) = scale * std::cos(std::numbers::pi / kSide * (i + 0.5) * k);
      rest(k, i) -= 1.0 / kSide + (k - 0.5 * (kSide - 1)) * (i - 0.5 * (kSide - 1)) / squares;
    }
  }
  return cosine * rest;
}

using Powers = std::array<double, kGrainBands>;

Powers PowersOf(const cv::Mat1f& luma, const cv::Rect& area, const cv::Mat1d& line) {
  cv::Mat1d block;
  luma(area).convertTo(block, CV_64F);
  const cv::Mat1d spectrum = line * block * line.t();
  Powers sums{};
  std::array<int, kGrainBands> counts{};
  for (int ky = 0; ky < kSide; ++ky) {
    for (int kx = 0; kx < kSide; ++kx) {
      const auto band = static_cast<std::size_t>(std::hypot(kx, ky) / (2.0 * kSide / 16.0));
      if (band < 1 || band > kGrainBands) continue;
      sums[band - 1] += spectrum(ky, kx) * spectrum(ky, kx);
      ++counts[band - 1];
    }
  }
  for (std::size_t b = 0; b < kGrainBands; ++b) sums[b] /= counts[b];
  return sums;
}

}  // namespace

void GrainComparison::Add(const image::Image& result, const image::Image& reference) {
  const std::array both = {result, reference};
  RequireFramesOfOneShot(both);
  const cv::Mat1f luma = LumaOf(reference), of_result = LumaOf(result);
  const cv::Mat1d line = LineTransform();
  for (const auto& block : Flattest(BlocksOf(luma, 0))) {
    const auto a = PowersOf(of_result, block.area, line), b = PowersOf(luma, block.area, line);
    for (std::size_t i = 0; i < kGrainBands; ++i) {
      result_[i] += a[i];
      reference_[i] += b[i];
    }
    ++blocks_;
  }
}

std::optional<GrainDistance> GrainComparison::Distance() const {
  constexpr double kLeastPower = (0.1 / 255.0) * (0.1 / 255.0);
  if (blocks_ == 0) return std::nullopt;
  GrainDistance out;
  out.blocks = blocks_;
  double squares = 0;
  for (std::size_t i = 0; i < kGrainBands; ++i) {
    out.result_db[i] = 10 * std::log10((result_[i] / blocks_ + kLeastPower) / (reference_[i] / blocks_ + kLeastPower));
    squares += out.result_db[i] * out.result_db[i];
    out.largest_db = std::max(out.largest_db, std::abs(out.result_db[i]));
  }
  out.rms_db = std::sqrt(squares / kGrainBands);
  return out;
}

}  // namespace interneg::validation
