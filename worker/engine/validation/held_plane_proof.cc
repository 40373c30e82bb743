#include "worker/engine/validation/held_plane_proof.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

namespace interneg::validation {
namespace {

// Rows computed at a time, so that the eight corners of a 4K frame need a few megabytes and not gigabytes.
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

image::Image HalfSteps(const image::Image& pixels, frames::SampleEncoding encoding) {
  image::Image steps = pixels;
  for (float& value : steps.values()) value = static_cast<float>(frames::HalfStep(value, encoding));
  return steps;
}

// The file's values moved by half a step: bit c of `corner` says which way for channel c.
image::Image Corner(const image::Image& pixels, const image::Image& steps, unsigned corner) {
  image::Image moved = pixels;
  for (int c = 0; c < moved.channel_count(); ++c) {
    const float sign = (corner >> c & 1U) != 0 ? 1.0F : -1.0F;
    const auto by = steps.plane(c);
    auto values = moved.plane(c);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += sign * by[i];
  }
  return moved;
}

// For a float32 file the step is that of the arithmetic itself, and moving a value by half of it changes nothing: the
// noise alone is the bound there.
class QuantisationBound {
 public:
  QuantisationBound(const color::TrainingTransform& delivery, frames::SampleEncoding encoding,
                    image::YCbCrMatrix matrix)
      : delivery_(delivery), encoding_(encoding), matrix_(matrix) {}

  // For each held plane, per pixel: the greatest change over the corners.
  image::Image For(const image::Image& pixels, const image::Image& scale, const image::Image& centre) const {
    image::Image bound(centre.size(), centre.channels(), centre.color_space());
    if (encoding_ == frames::SampleEncoding::kFloat) return bound;
    const auto steps = HalfSteps(pixels, encoding_);
    for (unsigned corner = 0; corner < 8; ++corner) {
      const auto moved =
          image::RgbToYCbCr(delivery_.ToTrainingWithScale(Corner(pixels, steps, corner), scale), matrix_);
      for (std::size_t i = 0; i < bound.values().size(); ++i) {
        const float change = std::abs(moved.values()[i] - centre.values()[i]);
        bound.values()[i] = std::max(bound.values()[i], change);
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
  const color::TrainingTransform& delivery_;
  frames::SampleEncoding encoding_;
  image::YCbCrMatrix matrix_;
};

float LargestChannel(const image::Image& rgb, std::size_t i) {
  const std::size_t n = rgb.pixel_count();
  const auto v = rgb.values();
  return std::max({std::abs(v[i]), std::abs(v[n + i]), std::abs(v[2 * n + i])});
}

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
    if (kind == FileKind::kLossless) bound = quantisation.For(pixels, source.highlight_scale, ours);
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
