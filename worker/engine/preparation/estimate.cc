#include "worker/engine/preparation/estimate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/preparation/density.h"
#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

using Triple = std::array<float, 3>;

void RequireFrames(std::span<const image::Image> frames, const char* what) {
  if (frames.empty()) throw std::invalid_argument(std::string(what) + ": at least one frame is needed");
  for (const auto& frame : frames) {
    if (frame.channel_count() != 3 || frame.color_space() != frames.front().color_space()) {
      throw std::invalid_argument(std::string(what) + ": every frame needs R, G and B in one colour space");
    }
  }
}

enum class Clipped { kKept, kLeftOut };

// Pixels spread evenly over the frames, each value through `of`.
template <typename Of>
std::vector<Triple> PixelsOf(std::span<const image::Image> frames, Clipped clipped, Of of) {
  constexpr std::size_t kMostPixels = 60000;
  constexpr float kHalfCode = 0.5F / 255.0F;
  std::size_t total = 0;
  for (const auto& frame : frames) total += frame.pixel_count();
  // Odd, so that it does not keep to the columns of an even width.
  const std::size_t stride = std::max<std::size_t>(1, total / kMostPixels) | 1U;
  std::vector<Triple> pixels;
  for (const auto& frame : frames) {
    for (std::size_t i = 0; i < frame.pixel_count(); i += stride) {
      const Triple code{frame.plane(0)[i], frame.plane(1)[i], frame.plane(2)[i]};
      const bool usable = std::all_of(code.begin(), code.end(), [&](float v) {
        return clipped == Clipped::kKept ? std::isfinite(v) : v > kHalfCode && v < 1.0F - kHalfCode;
      });
      if (usable) pixels.push_back({of(code[0]), of(code[1]), of(code[2])});
    }
  }
  return pixels;
}

std::vector<Triple> Densities(std::span<const image::Image> frames, Clipped clipped, double floor) {
  const Encoding encoding(frames.front().color_space());
  return PixelsOf(frames, clipped, [&](float code) {
    return static_cast<float>(LinearToDensity(encoding.ToLinear(static_cast<double>(code)), floor));
  });
}

std::vector<float> ChannelOf(const std::vector<Triple>& pixels, std::size_t channel) {
  std::vector<float> values;
  values.reserve(pixels.size());
  for (const Triple& pixel : pixels) values.push_back(pixel[channel]);
  return values;
}

std::vector<double> QuantilesOf(const std::vector<Triple>& pixels, std::size_t channel,
                                std::span<const double> shares) {
  std::vector<float> values = ChannelOf(pixels, channel);
  std::vector<double> out;
  for (const double share : shares) out.push_back(Quantile(values, share));
  return out;
}

struct Line {
  double gain = 1.0, offset = 0.0;
  double operator()(double x) const { return gain * x + offset; }
};

// The line that brings the first values' weighted mean and deviation to the second's.
Line MatchedMoments(std::span<const double> from, std::span<const double> to, std::span<const double> weight) {
  double total = 0.0, a = 0.0, b = 0.0, aa = 0.0, bb = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    total += weight[i];
    a += weight[i] * from[i];
    b += weight[i] * to[i];
  }
  a /= total;
  b /= total;
  for (std::size_t i = 0; i < from.size(); ++i) {
    aa += weight[i] * (from[i] - a) * (from[i] - a);
    bb += weight[i] * (to[i] - b) * (to[i] - b);
  }
  const double gain = aa < 1e-9 * total ? 1.0 : std::clamp(std::sqrt(bb / aa), 0.05, 20.0);
  return {gain, b - gain * a};
}

using Lines = std::array<Line, 3>;

Lines FromQuantiles(const std::vector<Triple>& pixels, std::size_t reference) {
  std::vector<double> shares;
  for (int i = 1; i < 20; ++i) shares.push_back(0.05 * i);
  const std::vector<double> even(shares.size(), 1.0);
  const auto wanted = QuantilesOf(pixels, reference, shares);
  Lines lines;
  for (std::size_t c = 0; c < 3; ++c) {
    if (c != reference) lines[c] = MatchedMoments(QuantilesOf(pixels, c, shares), wanted, even);
  }
  return lines;
}

// Near 1 for pixels that the lines make neutral, 0 for coloured ones.
std::vector<double> Neutrality(const std::vector<Triple>& pixels, const Lines& lines, std::size_t reference) {
  std::vector<double> weight(pixels.size(), 1.0);
  for (std::size_t c = 0; c < 3; ++c) {
    if (c == reference) continue;
    std::vector<float> distance;
    distance.reserve(pixels.size());
    for (const Triple& pixel : pixels)
      distance.push_back(static_cast<float>(std::abs(lines[c](pixel[c]) - pixel[reference])));
    std::vector<float> sorted = distance;
    const double cut = 3.0 * std::max(1.4826 * Quantile(sorted, 0.5), 1e-3);
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const double u = std::min(1.0, distance[i] / cut);
      weight[i] *= (1.0 - u * u) * (1.0 - u * u);
    }
  }
  return weight;
}

Lines RefinedOnNeutrals(const std::vector<Triple>& pixels, Lines lines, std::size_t reference) {
  const auto as_doubles = [&](std::size_t c) {
    const auto values = ChannelOf(pixels, c);
    return std::vector<double>(values.begin(), values.end());
  };
  const auto wanted = as_doubles(reference);
  for (int round = 0; round < 5; ++round) {
    const auto weight = Neutrality(pixels, lines, reference);
    double total = 0.0;
    for (const double w : weight) total += w;
    if (total < 0.01 * static_cast<double>(pixels.size())) return lines;
    for (std::size_t c = 0; c < 3; ++c) {
      if (c != reference) lines[c] = MatchedMoments(as_doubles(c), wanted, weight);
    }
  }
  return lines;
}

void RequireContents(const std::vector<Triple>& pixels, const char* what) {
  std::vector<float> values = ChannelOf(pixels, 1);
  if (pixels.size() >= 100 && Quantile(values, 0.95) - Quantile(values, 0.05) > 1e-4) return;
  throw std::invalid_argument(std::string(what) +
                              ": the frames are black, constant or clipped throughout; choose others of the "
                              "shot, or set the step by hand");
}

}  // namespace

NeutralBalance EstimateBalance(std::span<const image::Image> frames, const BalanceEstimate& how) {
  RequireFrames(frames, "balance estimate");
  const bool density = how.domain == BalanceDomain::kDensity;
  const auto pixels = density ? Densities(frames, Clipped::kLeftOut, kPrintFloor)
                              : PixelsOf(frames, Clipped::kLeftOut, [](float code) { return code; });
  RequireContents(pixels, "balance estimate");
  const auto reference = static_cast<std::size_t>(how.reference);
  const Lines lines = RefinedOnNeutrals(pixels, FromQuantiles(pixels, reference), reference);
  NeutralBalance balance;
  balance.domain = how.domain;
  const double most_offset = density ? kPrintBlack_density : 1.0;
  for (std::size_t c = 0; c < 3; ++c) {
    if (c == reference) continue;
    balance.channel[c].gain = lines[c].gain;
    balance.channel[c].offset = std::clamp(lines[c].offset, -most_offset, most_offset);
  }
  return balance;
}

FadeCorrectionCurve EstimateFadeCorrection(std::span<const image::Image> frames, ReferenceChannel reference) {
  RequireFrames(frames, "fade correction estimate");
  const auto pixels = Densities(frames, Clipped::kLeftOut, kPrintFloor);
  RequireContents(pixels, "fade correction estimate");
  constexpr std::array<double, 7> kShares{.02, .10, .25, .50, .75, .90, .98};
  const auto chosen = static_cast<std::size_t>(reference);
  const auto wanted = QuantilesOf(pixels, chosen, kShares);
  FadeCorrectionCurve curve;
  for (std::size_t c = 0; c < 3; ++c) {
    if (c == chosen) continue;
    const auto own = QuantilesOf(pixels, c, kShares);
    for (std::size_t i = 0; i < own.size(); ++i) {
      constexpr double kLeastStep_density = 0.01;  // points nearer than that would make slopes of noise
      auto& points = curve.channel[c];
      if (points.empty() || own[i] - points.back().in_density >= kLeastStep_density)
        points.push_back({own[i], wanted[i]});
    }
    if (curve.channel[c].size() < 2) {
      throw std::invalid_argument("fade correction estimate: a channel has no range of density; set the curve by hand");
    }
  }
  return curve;
}

Invert EstimateInversion(std::span<const image::Image> frames, std::span<const image::Image> unexposed) {
  RequireFrames(frames, "inversion estimate");
  const auto pixels = Densities(frames, Clipped::kKept, kNegativeFloor);
  RequireContents(pixels, "inversion estimate");
  std::vector<Triple> base_pixels;
  if (!unexposed.empty()) {
    RequireFrames(unexposed, "inversion estimate, unexposed film");
    base_pixels = Densities(unexposed, Clipped::kKept, kNegativeFloor);
  }
  Invert invert;
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<float> values = ChannelOf(pixels, c);
    const double high = Quantile(values, 0.995);
    double base = Quantile(values, 0.005);
    if (!base_pixels.empty()) {
      double sum = 0.0;
      for (const Triple& pixel : base_pixels) sum += pixel[c];
      base = sum / static_cast<double>(base_pixels.size());
    }
    constexpr double kLeastRange_density = 0.1;
    if (high - base < kLeastRange_density) {
      throw std::invalid_argument(
          "inversion estimate: the picture's densest parts are hardly denser than the unexposed film; on a negative "
          "that is the clearest part of the scan: name another patch, or set the step by hand");
    }
    invert.base_density[c] = std::clamp(base, -1.0, 3.0);
    invert.range_density[c] = std::min(high - base, 3.5);
  }
  return invert;
}

}  // namespace interneg::preparation
