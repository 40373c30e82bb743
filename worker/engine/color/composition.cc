#include "worker/engine/color/composition.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <stdexcept>

#include "worker/engine/color/processor.h"

namespace interneg::color {
namespace {

struct Offsets {
  double r, g, b;  // what chroma adds to Y in each channel
};

Offsets OffsetsOf(const image::LumaWeights& k, double cb, double cr) {
  const double r = 2.0 * (1.0 - k.kr) * cr;
  const double b = 2.0 * (1.0 - k.kb) * cb;
  return {r, -(k.kr * r + k.kb * b) / k.kg, b};
}

// The largest factor in [0, 1] for which y + factor · offset stays in [low, high]; low ≤ y ≤ high.
double Room(double y, double offset, double low, double high) {
  if (offset > 0.0 && y + offset > high) return (high - y) / offset;
  if (offset < 0.0 && y + offset < low) return (low - y) / offset;
  return 1.0;
}

double FactorFor(double y, const Offsets& o) {
  const double low = std::min(0.0, y), high = std::max(1.0, y);
  return std::min({Room(y, o.r, low, high), Room(y, o.g, low, high), Room(y, o.b, low, high)});
}

void RequirePlanes(image::Size size, std::span<const float> y, std::span<const float> cb, std::span<const float> cr) {
  const std::size_t wanted = static_cast<std::size_t>(size.width_px) * size.height_px;
  if (y.size() != wanted || cb.size() != wanted || cr.size() != wanted) {
    throw std::invalid_argument("composition: planes of " + std::to_string(wanted) + " values are needed, got Y " +
                                std::to_string(y.size()) + ", Cb " + std::to_string(cb.size()) + ", Cr " +
                                std::to_string(cr.size()));
  }
}

}  // namespace

double Composed::share() const {
  return rgb.empty() ? 0.0 : static_cast<double>(adjusted_px + outside_px) / static_cast<double>(rgb.pixel_count());
}

Composed ComposeChroma(image::Size size, std::span<const float> held_y, std::span<const float> predicted_cb,
                       std::span<const float> predicted_cr, image::YCbCrMatrix matrix, const std::string& color_space) {
  RequirePlanes(size, held_y, predicted_cb, predicted_cr);
  const auto weights = image::WeightsOf(matrix);
  Composed out{image::Image(size, {"R", "G", "B"}, color_space)};
  const auto r = out.rgb.plane(0), g = out.rgb.plane(1), b = out.rgb.plane(2);
  std::atomic<std::size_t> adjusted{0};
  ForBands(held_y.size(), [&](std::size_t begin, std::size_t end) {
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double y = held_y[i];
      const bool finite = std::isfinite(predicted_cb[i]) && std::isfinite(predicted_cr[i]);
      const Offsets o = finite ? OffsetsOf(weights, predicted_cb[i], predicted_cr[i]) : Offsets{0, 0, 0};
      const double factor = finite ? FactorFor(y, o) : 0.0;
      if (factor < 1.0) ++count;
      // Each channel rounds to fp32 by at most 2^-24 of its size, and the weights sum to 1, so Y moves by less than
      // 1e-7 · max(1, |Y|): far inside the proof's bound.
      r[i] = static_cast<float>(y + factor * o.r);
      g[i] = static_cast<float>(y + factor * o.g);
      b[i] = static_cast<float>(y + factor * o.b);
    }
    adjusted += count;
  });
  out.adjusted_px = adjusted;
  return out;
}

Composed ComposeHeldChroma(image::Size size, std::span<const float> predicted_y, std::span<const float> held_cb,
                           std::span<const float> held_cr, image::YCbCrMatrix matrix, const std::string& color_space) {
  RequirePlanes(size, predicted_y, held_cb, held_cr);
  const auto weights = image::WeightsOf(matrix);
  Composed out{image::Image(size, {"R", "G", "B"}, color_space)};
  const auto r = out.rgb.plane(0), g = out.rgb.plane(1), b = out.rgb.plane(2);
  std::atomic<std::size_t> outside{0};
  ForBands(predicted_y.size(), [&](std::size_t begin, std::size_t end) {
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double y = predicted_y[i];
      const Offsets o = OffsetsOf(weights, held_cb[i], held_cr[i]);
      if (FactorFor(y, o) < 1.0) ++count;
      r[i] = static_cast<float>(y + o.r);
      g[i] = static_cast<float>(y + o.g);
      b[i] = static_cast<float>(y + o.b);
    }
    outside += count;
  });
  out.outside_px = outside;
  return out;
}

}  // namespace interneg::color
