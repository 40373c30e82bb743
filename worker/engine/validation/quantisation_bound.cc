#include "worker/engine/validation/quantisation_bound.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "worker/engine/validation/held_plane_proof.h"

namespace interneg::validation {
namespace {

constexpr unsigned kCorners = 8;
// Of the largest channel: two matrices of three products and two sums each, in fp32 (Higham, Accuracy and Stability of
// Numerical Algorithms, §3.1: γ₃ each way), and the carrying of the box itself.
constexpr double kMatrixRounding = 0x1p-21;

// How far a file's value may lie from the one that was meant.
image::Image Uncertainty(const image::Image& pixels, frames::SampleEncoding encoding) {
  image::Image by = pixels;
  for (std::size_t i = 0; i < pixels.pixel_count(); ++i) {
    const double rounding = kMatrixRounding * LargestChannel(pixels, i);
    for (int c = 0; c < 3; ++c) {
      float& value = by.plane(c)[i];
      const double step = encoding == frames::SampleEncoding::kFloat ? 0 : frames::HalfStep(value, encoding);
      value = static_cast<float>(step + rounding);
    }
  }
  return by;
}

// The file's values moved by what they are uncertain by: bit c of `corner` says which way for channel c.
image::Image Corner(const image::Image& pixels, const image::Image& by, unsigned corner) {
  image::Image moved = pixels;
  for (std::size_t c = 0; c < 3; ++c) {
    const float sign = (corner >> c & 1U) != 0 ? 1.0F : -1.0F;
    const auto steps = by.plane(static_cast<int>(c));
    auto values = moved.plane(static_cast<int>(c));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += sign * steps[i];
  }
  return moved;
}

// Of R', G' and B' in each of Y, Cb and Cr.
std::array<std::array<double, 3>, 3> PlaneWeights(image::YCbCrMatrix matrix) {
  const auto [kr, kg, kb] = image::WeightsOf(matrix);
  const double cb = 2 * (1 - kb), cr = 2 * (1 - kr);
  return {{{kr, kg, kb}, {-kr / cb, -kg / cb, (1 - kb) / cb}, {(1 - kr) / cr, -kg / cr, -kb / cr}}};
}

}  // namespace

double WorseOf(double worst, double value) {
  if (std::isnan(value)) return std::numeric_limits<double>::infinity();
  return std::max(worst, value);
}

float LargestChannel(const image::Image& rgb, std::size_t i) {
  const std::size_t n = rgb.pixel_count();
  const auto v = rgb.values();
  return std::max({std::abs(v[i]), std::abs(v[n + i]), std::abs(v[2 * n + i])});
}

// What one pixel's channels do over some corners of its box.
struct QuantisationBound::ChannelChanges {
  std::array<std::array<double, kCorners>, 3> by{};
  std::size_t corners = 0;         // that are looked at
  std::array<int, 3> curvature{};  // 1: concave over the whole box, −1: convex, 0: neither is known

  double Greatest(std::size_t c) const {
    double greatest = 0;
    for (std::size_t k = 0; k < corners; ++k) greatest = WorseOf(greatest, std::abs(by[c][k]));
    return greatest;
  }

  double OfPlane(const Weights& weights) const {
    double bound = 0;
    std::array<double, kCorners> concave{}, convex{};
    for (std::size_t c = 0; c < 3; ++c) {
      const double bend = weights[c] * curvature[c];
      if (bend == 0) bound += std::abs(weights[c]) * Greatest(c);
      for (std::size_t k = 0; k < corners; ++k) {
        if (bend > 0) concave[k] += weights[c] * by[c][k];
        if (bend < 0) convex[k] += weights[c] * by[c][k];
      }
    }
    double most_concave = 0, most_convex = 0;
    for (std::size_t k = 0; k < corners; ++k) {
      most_concave = WorseOf(most_concave, std::abs(concave[k]));
      most_convex = WorseOf(most_convex, std::abs(convex[k]));
    }
    return bound + most_concave + most_convex;
  }
};

QuantisationBound::QuantisationBound(const color::TrainingTransform& delivery, frames::SampleEncoding encoding,
                                     image::YCbCrMatrix matrix)
    : delivery_(delivery), encoding_(encoding), weights_(PlaneWeights(matrix)) {}

image::Image QuantisationBound::For(const image::Image& pixels, const image::Image& scale, const image::Image& centre,
                                    const std::vector<int>& planes, std::span<const unsigned> corners) const {
  const auto by = Uncertainty(pixels, encoding_);
  std::vector<image::Image> moved;
  for (const unsigned corner : corners) {
    moved.push_back(delivery_.ToTrainingWithScale(Corner(pixels, by, corner), scale));
  }
  image::Image bound(centre.size(), centre.channels(), centre.color_space());
  for (std::size_t i = 0; i < centre.pixel_count(); ++i) {
    const auto changes = ChangesAt(i, moved, centre);
    for (const int plane : planes) {
      bound.plane(plane)[i] = static_cast<float>(changes.OfPlane(weights_[static_cast<std::size_t>(plane)]));
    }
  }
  return bound;
}

double QuantisationBound::Noise(double value, double largest_channel) const {
  const double odt =
      delivery_.route() == color::TrainingRoute::kRec709Odt ? color::TrainingTransform::kLumaTolerance : 0;
  return delivery_.ArithmeticNoise() * std::max({1.0, std::abs(value), largest_channel}) + odt +
         kComposedTolerance * std::max(1.0, std::abs(value));
}

QuantisationBound::ChannelChanges QuantisationBound::ChangesAt(std::size_t i, const std::vector<image::Image>& corners,
                                                               const image::Image& centre) const {
  ChannelChanges changes;
  changes.corners = corners.size();
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t at = c * centre.pixel_count() + i;
    const double middle = centre.values()[at];
    double low = middle, high = middle;
    for (std::size_t k = 0; k < corners.size(); ++k) {
      const double value = corners[k].values()[at];
      low = std::min(low, value);
      high = std::max(high, value);
      changes.by[c][k] = value - middle;
    }
    if (delivery_.from_linear_light()) changes.curvature[c] = low > 0 ? 1 : high < 0 ? -1 : 0;
  }
  return changes;
}

}  // namespace interneg::validation
