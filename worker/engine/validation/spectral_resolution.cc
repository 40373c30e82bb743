#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <optional>
#include <vector>

#include "worker/engine/validation/luma_plane.h"
#include "worker/engine/validation/resolution.h"

namespace interneg::validation {
namespace {

constexpr int kBlock_px = 128, kRings = kBlock_px / 2;

using Spectrum = std::vector<double>;  // power by ring, ring i around frequency i / kBlock_px

// Hann-windowed power, mean over rings, normalised so that white noise of variance v gives v everywhere.
Spectrum PowerOf(const cv::Mat1f& block) {
  static const cv::Mat1f window = [] {
    cv::Mat1f w(kBlock_px, kBlock_px);
    const auto hann = [](int i) { return 0.5 - 0.5 * std::cos(2 * CV_PI * (i + 0.5) / kBlock_px); };
    for (int y = 0; y < kBlock_px; ++y) {
      for (int x = 0; x < kBlock_px; ++x) w(y, x) = static_cast<float>(hann(x) * hann(y));
    }
    return w;
  }();
  const cv::Mat1f windowed = (block - static_cast<float>(cv::mean(block)[0])).mul(window);
  cv::Mat2f transformed;
  cv::dft(windowed, transformed, cv::DFT_COMPLEX_OUTPUT);
  static const cv::Mat1i rings = [] {
    cv::Mat1i r(kBlock_px, kBlock_px);
    const auto signed_frequency = [](int i) { return i <= kRings ? i : i - kBlock_px; };
    for (int y = 0; y < kBlock_px; ++y) {
      for (int x = 0; x < kBlock_px; ++x) {
        r(y, x) = static_cast<int>(std::lround(std::hypot(signed_frequency(x), signed_frequency(y))));
      }
    }
    return r;
  }();
  Spectrum sum(kRings + 1), count(kRings + 1);
  for (int y = 0; y < kBlock_px; ++y) {
    for (int x = 0; x < kBlock_px; ++x) {
      const int ring = rings(y, x);
      if (ring > kRings) continue;
      const auto v = transformed(y, x);
      sum[ring] += double{v[0]} * v[0] + double{v[1]} * v[1];
      count[ring] += 1;
    }
  }
  const double energy = window.dot(window);
  for (int ring = 0; ring <= kRings; ++ring) sum[ring] /= count[ring] * energy;
  return sum;
}

// For each ring the value below which `share` of the blocks lie.
Spectrum QuantileOf(const std::vector<Spectrum>& blocks, double share) {
  Spectrum out(kRings + 1);
  for (int ring = 0; ring <= kRings; ++ring) {
    std::vector<float> values;
    for (const auto& block : blocks) values.push_back(static_cast<float>(block[ring]));
    out[ring] = Quantile(values, share);
  }
  return out;
}

std::vector<Spectrum> BlocksOf(const cv::Mat1f& plane) {
  std::vector<Spectrum> blocks;
  constexpr int kStride_px = 3 * kBlock_px / 4;
  for (int y = 0; y + kBlock_px <= plane.rows; y += kStride_px) {
    for (int x = 0; x + kBlock_px <= plane.cols; x += kStride_px) {
      blocks.push_back(PowerOf(plane(cv::Rect(x, y, kBlock_px, kBlock_px))));
    }
  }
  return blocks;
}

struct Fall {
  double log_power_at_1 = 0, slope = 0;
};

// A line through log power over log frequency.
Fall FitFall(const Spectrum& power) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (int ring = 0; ring <= kRings; ++ring) {
    const double f = static_cast<double>(ring) / kBlock_px;
    if (f < 0.02 || f > 0.08) continue;
    const double x = std::log(f), y = std::log(power[ring] + 1e-15);
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return {(sy - slope * sx) / n, -slope};
}

}  // namespace

std::optional<SpectralResolution> MeasureSpectrum(std::span<const image::Image> frames) {
  RequireFramesOfOneShot(frames);
  if (frames[0].width_px() < kBlock_px || frames[0].height_px() < kBlock_px) return std::nullopt;
  std::vector<Spectrum> pictures, differences;
  cv::Mat1f before;
  for (const auto& frame : frames) {
    const cv::Mat1f luma = LumaOf(frame);
    for (auto& block : BlocksOf(luma)) pictures.push_back(std::move(block));
    if (!before.empty()) {
      for (auto& block : BlocksOf((luma - before) * std::sqrt(0.5))) differences.push_back(std::move(block));
    }
    before = luma;
  }
  const Spectrum power = QuantileOf(pictures, 0.5);
  Spectrum noise = differences.empty() ? QuantileOf(pictures, 0.1) : QuantileOf(differences, 0.25);
  // Rounding to 8 bits is in every video and most scans; below it nothing is known.
  for (double& n : noise) n = std::max(n, 1.0 / (12 * 255.0 * 255.0));
  const Fall fall = FitFall(power);
  if (power[kRings / 16] < 2 * noise[kRings / 16]) return std::nullopt;
  int limit = kRings;
  for (int ring = kRings; static_cast<double>(ring) / kBlock_px > 0.05; --ring) {
    const double f = static_cast<double>(ring) / kBlock_px;
    const double unblurred = std::exp(fall.log_power_at_1 - fall.slope * std::log(f));
    if (power[ring] >= 2 * noise[ring] && power[ring] >= 0.01 * unblurred) break;
    limit = ring;
  }
  return SpectralResolution{static_cast<double>(limit) / kBlock_px, fall.slope};
}

}  // namespace interneg::validation
