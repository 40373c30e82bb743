#include "worker/engine/validation/held_plane_proof.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

namespace interneg::validation {
namespace {

// Rows computed at a time, so that the eight corners of a 4K frame need tens of megabytes and not gigabytes.
constexpr int kStripRows = 64;

void RequireSameSize(const image::Image& a, const image::Image& b) {
  if (a.size() != b.size()) throw std::invalid_argument("held-plane proof: the pictures differ in size");
}

void RequireSomethingHeld(HeldPlanes held) {
  if (held == HeldPlanes::kNothing) throw std::invalid_argument("held-plane proof: nothing is held");
}

std::vector<int> PlanesOf(HeldPlanes held) {
  switch (held) {
    case HeldPlanes::kLuma:
      return {0};
    case HeldPlanes::kChroma:
      return {1, 2};
    case HeldPlanes::kNothing:
      break;
  }
  return {};
}

// Written so that a NaN counts as the greatest error there is.
double WorseOf(double worst, double value) {
  if (std::isnan(value)) return std::numeric_limits<double>::infinity();
  return std::max(worst, value);
}

image::Image Strip(const image::Image& image, int first_row, int rows) {
  return image::Crop(image, {0, first_row, {image.width_px(), rows}});
}

color::TrainingImage Strip(const color::TrainingImage& original, int first_row, int rows) {
  color::TrainingImage strip;
  strip.rgb = Strip(original.rgb, first_row, rows);
  if (!original.highlight_scale.empty()) strip.highlight_scale = Strip(original.highlight_scale, first_row, rows);
  return strip;
}

float LargestChannel(const image::Image& rgb, std::size_t i) {
  const std::size_t n = rgb.pixel_count();
  const auto v = rgb.values();
  return std::max({std::abs(v[i]), std::abs(v[n + i]), std::abs(v[2 * n + i])});
}

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

using Weights = std::array<double, 3>;

// Of R', G' and B' in each of Y, Cb and Cr.
std::array<Weights, 3> PlaneWeights(image::YCbCrMatrix matrix) {
  const auto [kr, kg, kb] = image::WeightsOf(matrix);
  const double cb = 2 * (1 - kb), cr = 2 * (1 - kr);
  return {{{kr, kg, kb}, {-kr / cb, -kg / cb, (1 - kb) / cb}, {(1 - kr) / cr, -kg / cr, -kb / cr}}};
}

// What one pixel's channels do over the corners of its box.
struct ChannelChanges {
  std::array<std::array<double, kCorners>, 3> by{};
  std::array<int, 3> curvature{};  // 1: concave over the whole box, −1: convex, 0: neither is known

  double Greatest(std::size_t c) const {
    double greatest = 0;
    for (const double change : by[c]) greatest = WorseOf(greatest, std::abs(change));
    return greatest;
  }

  double OfPlane(const Weights& weights) const {
    double bound = 0;
    std::array<double, kCorners> concave{}, convex{};
    for (std::size_t c = 0; c < 3; ++c) {
      const double bend = weights[c] * curvature[c];
      if (bend == 0) bound += std::abs(weights[c]) * Greatest(c);
      for (unsigned k = 0; k < kCorners; ++k) {
        if (bend > 0) concave[k] += weights[c] * by[c][k];
        if (bend < 0) convex[k] += weights[c] * by[c][k];
      }
    }
    double most_concave = 0, most_convex = 0;
    for (unsigned k = 0; k < kCorners; ++k) {
      most_concave = WorseOf(most_concave, std::abs(concave[k]));
      most_convex = WorseOf(most_convex, std::abs(convex[k]));
    }
    return bound + most_concave + most_convex;
  }
};

class QuantisationBound {
 public:
  QuantisationBound(const color::TrainingTransform& delivery, frames::SampleEncoding encoding,
                    image::YCbCrMatrix matrix)
      : delivery_(delivery), encoding_(encoding), weights_(PlaneWeights(matrix)) {}

  // For each held plane, per pixel: the greatest change over the box; `centre`: `pixels` in the training domain.
  image::Image For(const image::Image& pixels, const image::Image& scale, const image::Image& centre) const {
    const auto by = Uncertainty(pixels, encoding_);
    std::array<image::Image, kCorners> corners;
    for (unsigned k = 0; k < kCorners; ++k) {
      corners[k] = delivery_.ToTrainingWithScale(Corner(pixels, by, k), scale);
    }
    image::Image bound(centre.size(), centre.channels(), centre.color_space());
    for (std::size_t i = 0; i < centre.pixel_count(); ++i) {
      const auto changes = ChangesAt(i, corners, centre);
      for (std::size_t plane = 0; plane < 3; ++plane) {
        bound.plane(static_cast<int>(plane))[i] = static_cast<float>(changes.OfPlane(weights_[plane]));
      }
    }
    return bound;
  }

  // What arithmetic may add to a held value; a chroma value sums the noise of two channels by weights below 1.
  double Noise(double value, double largest_channel) const {
    const double odt =
        delivery_.route() == color::TrainingRoute::kRec709Odt ? color::TrainingTransform::kLumaTolerance : 0;
    return delivery_.ArithmeticNoise() * std::max({1.0, std::abs(value), largest_channel}) + odt +
           kComposedTolerance * std::max(1.0, std::abs(value));
  }

 private:
  ChannelChanges ChangesAt(std::size_t i, const std::array<image::Image, kCorners>& corners,
                           const image::Image& centre) const {
    ChannelChanges changes;
    for (std::size_t c = 0; c < 3; ++c) {
      const int plane = static_cast<int>(c);
      double low = centre.plane(plane)[i], high = low;
      for (unsigned k = 0; k < kCorners; ++k) {
        const double value = corners[k].plane(plane)[i];
        low = std::min(low, value);
        high = std::max(high, value);
        changes.by[c][k] = value - centre.plane(plane)[i];
      }
      if (delivery_.from_linear_light()) changes.curvature[c] = low > 0 ? 1 : high < 0 ? -1 : 0;
    }
    return changes;
  }

  const color::TrainingTransform& delivery_;
  frames::SampleEncoding encoding_;
  std::array<Weights, 3> weights_;
};

}  // namespace

ComposedProof ProveComposed(const image::Image& composed, const image::Image& original, HeldPlanes held,
                            image::YCbCrMatrix matrix) {
  RequireSameSize(composed, original);
  RequireSomethingHeld(held);
  ComposedProof proof;
  const auto ours = image::RgbToYCbCr(composed, matrix), theirs = image::RgbToYCbCr(original, matrix);
  for (const int plane : PlanesOf(held)) {
    const auto a = ours.plane(plane), b = theirs.plane(plane);
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double difference = std::abs(double{a[i]} - double{b[i]});
      proof.error = WorseOf(proof.error, difference / std::max(1.0, std::abs(double{b[i]})));
    }
  }
  proof.proven = proof.error <= kComposedTolerance;
  return proof;
}

WrittenProof ProveWritten(const image::Image& read_back, const color::TrainingImage& original,
                          const color::TrainingTransform& delivery, frames::SampleEncoding encoding, FileKind kind,
                          HeldPlanes held, image::YCbCrMatrix matrix) {
  RequireSameSize(read_back, original.rgb);
  RequireSomethingHeld(held);
  const QuantisationBound quantisation(delivery, encoding, matrix);
  WrittenProof proof;
  for (int row = 0; row < read_back.height_px(); row += kStripRows) {
    const int rows = std::min(kStripRows, read_back.height_px() - row);
    const auto pixels = Strip(read_back, row, rows);
    const auto source = Strip(original, row, rows);
    const auto rgb = delivery.ToTrainingWithScale(pixels, source.highlight_scale);
    const auto ours = image::RgbToYCbCr(rgb, matrix), theirs = image::RgbToYCbCr(source.rgb, matrix);
    image::Image bound;
    if (kind == FileKind::kLossless) bound = quantisation.For(pixels, source.highlight_scale, rgb);
    for (const int plane : PlanesOf(held)) {
      const auto a = ours.plane(plane), b = theirs.plane(plane);
      for (std::size_t i = 0; i < a.size(); ++i) {
        const double error = std::abs(double{a[i]} - double{b[i]});
        const double allowed = kind == FileKind::kLossy
                                   ? kLossyTolerance
                                   : bound.plane(plane)[i] + quantisation.Noise(b[i], LargestChannel(rgb, i));
        proof.error = WorseOf(proof.error, error);
        proof.share_of_bound = WorseOf(proof.share_of_bound, error / allowed);
      }
    }
  }
  proof.proven = kind == FileKind::kLossy ? std::isfinite(proof.error) : proof.share_of_bound <= 1.0;
  return proof;
}

}  // namespace interneg::validation
