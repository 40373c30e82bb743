#include "worker/engine/preparation/tone.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "worker/engine/preparation/density.h"
#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

// Steps that change nothing must not round either: a channel whose tones are at rest is left alone.
bool AtRest(const NeutralBalance& balance, int channel) {
  return balance.global == Tone{} && balance.channel[static_cast<std::size_t>(channel)] == Tone{};
}

bool AtRest(const std::vector<CurvePoint>& curve) {
  return std::all_of(curve.begin(), curve.end(), [](CurvePoint p) { return p.in_density == p.out_density; });
}

template <typename Change>
double InDensity(const Encoding& encoding, double code, Change change) {
  const double density = LinearToDensity(encoding.ToLinear(code), kPrintFloor);
  return encoding.FromLinear(DensityToLinear(change(density), kPrintFloor));
}

}  // namespace

double ThroughTone(const Tone& tone, BalanceDomain domain, double x) {
  const double scale = domain == BalanceDomain::kDensity ? kPrintBlack_density : 1.0;
  x = tone.gain * x + tone.offset;
  if (x > 0.0 && tone.gamma != 1.0) x = scale * std::pow(x / scale, 1.0 / tone.gamma);
  const double light = domain == BalanceDomain::kDensity ? 1.0 - x / kPrintBlack_density : x;
  const double l = std::clamp(2.0 * light - 1.0, 0.0, 1.0);
  return x + tone.high * l * l * (3.0 - 2.0 * l);
}

void ApplyBalance(const NeutralBalance& balance, image::Image& picture) {
  const Encoding encoding(picture.color_space());
  MapValues(picture, [&](int c, double code) {
    if (AtRest(balance, c)) return code;
    const auto change = [&](double x) {
      return ThroughTone(balance.global, balance.domain,
                         ThroughTone(balance.channel[static_cast<std::size_t>(c)], balance.domain, x));
    };
    return balance.domain == BalanceDomain::kDisplay ? change(code) : InDensity(encoding, code, change);
  });
}

void ApplyCurve(const FadeCorrectionCurve& curve, image::Image& picture) {
  const Encoding encoding(picture.color_space());
  const std::array<MonotoneCubic, 3> cubic{MonotoneCubic(curve.channel[0]), MonotoneCubic(curve.channel[1]),
                                           MonotoneCubic(curve.channel[2])};
  MapValues(picture, [&](int c, double code) {
    const auto channel = static_cast<std::size_t>(c);
    if (AtRest(curve.channel[channel])) return code;
    return InDensity(encoding, code, [&](double density) { return cubic[channel].At(density); });
  });
}

void ApplyInvert(const Invert& invert, image::Image& picture) {
  const Encoding encoding(picture.color_space());
  MapValues(picture, [&](int c, double code) {
    const auto channel = static_cast<std::size_t>(c);
    const double range = invert.range_density[channel];
    const double density = LinearToDensity(encoding.ToLinear(code), kNegativeFloor) - invert.base_density[channel];
    const double black = std::pow(10.0, -range / invert.contrast);
    const double light = std::pow(10.0, (density - range) / invert.contrast);
    return encoding.FromLinear((light - black) / (1.0 - black));
  });
}

MonotoneCubic::MonotoneCubic(std::vector<CurvePoint> points)
    : points_(std::move(points)), slopes_(points_.size(), 0.0) {
  const std::size_t n = points_.size();
  if (n < 2) return;
  std::vector<double> secant(n - 1);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    secant[i] =
        (points_[i + 1].out_density - points_[i].out_density) / (points_[i + 1].in_density - points_[i].in_density);
  }
  slopes_.front() = secant.front();
  slopes_.back() = secant.back();
  for (std::size_t i = 1; i + 1 < n; ++i) {
    slopes_[i] = secant[i - 1] * secant[i] <= 0.0 ? 0.0 : 0.5 * (secant[i - 1] + secant[i]);
  }
  // Fritsch and Carlson: inside the circle of radius 3 the piece is monotone.
  for (std::size_t i = 0; i + 1 < n; ++i) {
    if (secant[i] == 0.0) {
      slopes_[i] = slopes_[i + 1] = 0.0;
      continue;
    }
    const double size = std::hypot(slopes_[i] / secant[i], slopes_[i + 1] / secant[i]);
    if (size <= 3.0) continue;
    slopes_[i] *= 3.0 / size;
    slopes_[i + 1] *= 3.0 / size;
  }
}

double MonotoneCubic::At(double x) const {
  if (points_.size() < 2) return x;
  if (x <= points_.front().in_density)
    return points_.front().out_density + slopes_.front() * (x - points_.front().in_density);
  if (x >= points_.back().in_density)
    return points_.back().out_density + slopes_.back() * (x - points_.back().in_density);
  const auto above = std::upper_bound(points_.begin(), points_.end(), x,
                                      [](double v, const CurvePoint& p) { return v < p.in_density; });
  const auto i = static_cast<std::size_t>(above - points_.begin()) - 1;
  const double h = points_[i + 1].in_density - points_[i].in_density, t = (x - points_[i].in_density) / h;
  const double t2 = t * t, t3 = t2 * t;
  return (2 * t3 - 3 * t2 + 1) * points_[i].out_density + (t3 - 2 * t2 + t) * h * slopes_[i] +
         (3 * t2 - 2 * t3) * points_[i + 1].out_density + (t3 - t2) * h * slopes_[i + 1];
}

}  // namespace interneg::preparation
