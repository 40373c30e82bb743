#include "worker/engine/preparation/density.h"

#include <algorithm>
#include <cmath>

#include "worker/engine/image/image.h"

namespace interneg::preparation {
namespace {

constexpr double kGamma = 2.4;
constexpr double kCctSlope = 10.5402377416545, kCctOffset = 0.0729055341958355;
constexpr double kCctBreakCode = 0.155251141552511, kCctBreakLinear = 0.0078125;
constexpr double kLeastTransmittance = 1e-6;

}  // namespace

Encoding::Encoding(std::string_view color_space)
    : curve_(color_space == image::kTrainingLog ? Curve::kAcesCct : Curve::kGamma24) {}

double Encoding::ToLinear(double code) const {
  if (curve_ == Curve::kGamma24) return std::copysign(std::pow(std::abs(code), kGamma), code);
  return code <= kCctBreakCode ? (code - kCctOffset) / kCctSlope : std::exp2(code * 17.52 - 9.72);
}

double Encoding::FromLinear(double linear) const {
  if (curve_ == Curve::kGamma24) return std::copysign(std::pow(std::abs(linear), 1.0 / kGamma), linear);
  return linear <= kCctBreakLinear ? kCctSlope * linear + kCctOffset : (std::log2(linear) + 9.72) / 17.52;
}

double LinearToDensity(double linear, double floor) {
  return -std::log10(std::max(floor + (1.0 - floor) * linear, kLeastTransmittance));
}

double DensityToLinear(double density, double floor) {
  return (std::pow(10.0, -density) - floor) / (1.0 - floor);
}

}  // namespace interneg::preparation
