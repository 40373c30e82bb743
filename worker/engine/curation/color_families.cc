#include "worker/engine/curation/color_families.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include "worker/engine/curation/planes.h"

namespace interneg::curation {
namespace {

constexpr unsigned Bit(Family family) {
  return 1U << static_cast<int>(family);
}

double Hue_deg(double cb, double cr) {
  const double hue = std::atan2(cr, cb) * 180.0 / std::numbers::pi;
  return hue < 0 ? hue + 360.0 : hue;
}

bool Within(double value, double low, double high) {
  return value >= low && value <= high;
}

bool Near(double hue, double centre) {
  const double apart = std::abs(hue - centre);
  return std::min(apart, 360.0 - apart) <= 25.0;
}

bool IsSkin(double y, double cb, double cr, double chroma, double hue) {
  // Studio-range codes, in which the cited map is written.
  const double cb_code = 128 + 224 * cb, cr_code = 128 + 224 * cr;
  return Within(chroma, .025, .24) && Within(hue, 105, 150) && Within(y, .15, .92) && Within(cb_code, 77, 127) &&
         Within(cr_code, 133, 173);
}

unsigned Primaries(double chroma, double hue) {
  if (chroma < .18) return 0;
  return (Near(hue, 103) ? Bit(Family::kRedPrimary) : 0) | (Near(hue, 230) ? Bit(Family::kGreenPrimary) : 0) |
         (Near(hue, 355) ? Bit(Family::kBluePrimary) : 0);
}

// cb = a + b·y in the least-squares sense.
struct Line {
  double a = 0, b = 0;
};
Line FitLine(std::span<const float> x, std::span<const float> y) {
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sx += x[i], sy += y[i];
    sxx += static_cast<double>(x[i]) * x[i], sxy += static_cast<double>(x[i]) * y[i];
  }
  const double n = static_cast<double>(x.size()), spread = sxx - sx * sx / n;
  // A picture of one brightness says nothing about how its cast grows.
  const double b = spread > 1e-6 * n ? (sxy - sx * sy / n) / spread : 0.0;
  return {(sy - b * sx) / n, b};
}

}  // namespace

unsigned FamiliesOf(float y, float cb, float cr) {
  const double chroma = std::hypot(cb, cr), hue = Hue_deg(cb, cr);
  if (y < .10F) return Bit(Family::kDeepShadow);
  if (chroma < .06 && y > .92F) return Bit(Family::kSpecular);
  if (chroma < .025) return Bit(Family::kNeutral);
  unsigned families = Primaries(chroma, hue);
  if (IsSkin(y, cb, cr, chroma, hue)) families |= Bit(Family::kSkin);
  if (chroma >= .04 && Within(hue, 175, 245) && y <= .80F) families |= Bit(Family::kFoliage);
  if (Within(chroma, .03, .25) && Within(hue, 300, 345) && y >= .30F) families |= Bit(Family::kSky);
  if (chroma >= .05 && Within(hue, 75, 180)) families |= Bit(Family::kWarm);
  if (chroma >= .05 && (hue >= 255 || hue <= 15)) families |= Bit(Family::kCool);
  return families;
}

FamilyShares MeasureFamilies(const image::Image& ycbcr) {
  RequirePlanes(ycbcr, 3, "the picture whose colour families are measured");
  std::array<std::size_t, kFamilyCount> counts{};
  for (std::size_t i = 0; i < ycbcr.pixel_count(); ++i) {
    unsigned families = FamiliesOf(ycbcr.plane(0)[i], ycbcr.plane(1)[i], ycbcr.plane(2)[i]);
    for (; families != 0; families &= families - 1) ++counts[static_cast<std::size_t>(std::countr_zero(families))];
  }
  FamilyShares shares{};
  for (int f = 0; f < kFamilyCount; ++f) {
    shares[f] = static_cast<double>(counts[f]) / static_cast<double>(ycbcr.pixel_count());
  }
  return shares;
}

image::Image ResidualColor(const image::Image& ycbcr) {
  RequirePlanes(ycbcr, 3, "the picture whose residual colour is wanted");
  image::Image out = ycbcr;
  const auto luma = out.plane(0);
  for (int c = 1; c < 3; ++c) {
    const auto plane = out.plane(c);
    const Line line = FitLine(luma, plane);
    for (std::size_t i = 0; i < plane.size(); ++i) plane[i] -= static_cast<float>(line.a + line.b * luma[i]);
  }
  std::vector<float> chroma(out.pixel_count());
  for (std::size_t i = 0; i < chroma.size(); ++i) chroma[i] = std::hypot(out.plane(1)[i], out.plane(2)[i]);
  const auto high = chroma.begin() + static_cast<std::ptrdiff_t>(chroma.size() * 95 / 100);
  std::nth_element(chroma.begin(), high, chroma.end());
  const float gain = std::clamp(.20F / std::max(*high, 1e-6F), 1.F, 8.F);
  for (int c = 1; c < 3; ++c) {
    for (float& v : out.plane(c)) v *= gain;
  }
  return out;
}

}  // namespace interneg::curation
