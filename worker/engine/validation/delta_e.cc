#include "worker/engine/validation/delta_e.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace interneg::validation {
namespace {

constexpr double kPow25To7 = 6103515625.0;

double Radians(double degrees) {
  return degrees * std::numbers::pi / 180.0;
}

double Hue_deg(double a, double b) {
  if (a == 0.0 && b == 0.0) return 0.0;
  const double hue = std::atan2(b, a) * 180.0 / std::numbers::pi;
  return hue < 0.0 ? hue + 360.0 : hue;
}

double ChromaWeight(double chroma) {
  const double c7 = std::pow(chroma, 7.0);
  return std::sqrt(c7 / (c7 + kPow25To7));
}

// Equation 10: the hue difference along the shorter way; 0 where a colour is neutral.
double HueDifference_deg(double first, double second, double chroma_product) {
  if (chroma_product == 0.0) return 0.0;
  double difference = second - first;
  if (difference > 180.0) difference -= 360.0;
  if (difference < -180.0) difference += 360.0;
  return difference;
}

// Equation 14: the mean hue along the shorter way.
double MeanHue_deg(double first, double second, double chroma_product) {
  if (chroma_product == 0.0) return first + second;
  const double sum = first + second;
  if (std::abs(first - second) <= 180.0) return sum / 2.0;
  return sum < 360.0 ? (sum + 360.0) / 2.0 : (sum - 360.0) / 2.0;
}

double Linear(double encoded) {
  return std::pow(std::clamp(encoded, 0.0, 1.0), 2.4);
}

double LabCurve(double t) {
  constexpr double kDelta = 6.0 / 29.0;
  return t > kDelta * kDelta * kDelta ? std::cbrt(t) : t / (3.0 * kDelta * kDelta) + 4.0 / 29.0;
}

}  // namespace

double DeltaE2000(const Lab& first, const Lab& second) {
  const double mean_ab = (std::hypot(first.a, first.b) + std::hypot(second.a, second.b)) / 2.0;
  const double g = 0.5 * (1.0 - ChromaWeight(mean_ab));
  const double a1 = (1.0 + g) * first.a, a2 = (1.0 + g) * second.a;
  const double c1 = std::hypot(a1, first.b), c2 = std::hypot(a2, second.b);
  const double h1 = Hue_deg(a1, first.b), h2 = Hue_deg(a2, second.b);

  const double dl = second.l - first.l;
  const double dc = c2 - c1;
  const double dh = 2.0 * std::sqrt(c1 * c2) * std::sin(Radians(HueDifference_deg(h1, h2, c1 * c2)) / 2.0);

  const double l = (first.l + second.l) / 2.0, c = (c1 + c2) / 2.0, h = MeanHue_deg(h1, h2, c1 * c2);
  const double t = 1.0 - 0.17 * std::cos(Radians(h - 30.0)) + 0.24 * std::cos(Radians(2.0 * h)) +
                   0.32 * std::cos(Radians(3.0 * h + 6.0)) - 0.20 * std::cos(Radians(4.0 * h - 63.0));
  const double l50 = (l - 50.0) * (l - 50.0);
  const double sl = 1.0 + 0.015 * l50 / std::sqrt(20.0 + l50);
  const double sc = 1.0 + 0.045 * c;
  const double sh = 1.0 + 0.015 * c * t;
  const double turn = 30.0 * std::exp(-((h - 275.0) / 25.0) * ((h - 275.0) / 25.0));
  const double rt = -2.0 * ChromaWeight(c) * std::sin(Radians(2.0 * turn));
  const double tl = dl / sl, tc = dc / sc, th = dh / sh;
  return std::sqrt(std::max(0.0, tl * tl + tc * tc + th * th + rt * tc * th));
}

Lab LabOfDisplay(double red, double green, double blue) {
  const double r = Linear(red), g = Linear(green), b = Linear(blue);
  // IEC 61966-2-1's matrix for BT.709 primaries and D65; each row divided by its sum makes white exactly neutral.
  const double x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.9504700;
  const double y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b;
  const double z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.0888300;
  const double fx = LabCurve(x), fy = LabCurve(y / 1.0000001), fz = LabCurve(z);
  return {116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)};
}

}  // namespace interneg::validation
