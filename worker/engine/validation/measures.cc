#include "worker/engine/validation/measures.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>

#include "worker/engine/validation/delta_e.h"

namespace interneg::validation {
namespace {

void RequireComparable(const image::Image& a, const image::Image& b, const image::Image* weight) {
  if (a.size() != b.size() || a.channel_count() != 3 || b.channel_count() != 3) {
    throw std::invalid_argument("measures: two pictures of three planes and one size are needed");
  }
  if (weight != nullptr && (weight->size() != a.size() || weight->channel_count() != 1)) {
    throw std::invalid_argument("measures: the weight must be one plane of the pictures' size");
  }
}

// The weighted mean over the pixels of what `value` says of pixel i.
template <typename Value>
double MeanOver(std::size_t pixels, const image::Image* weight, const Value& value) {
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < pixels; ++i) {
    const double w = weight == nullptr ? 1.0 : double{weight->values()[i]};
    if (w <= 0.0) continue;
    sum += w * value(i);
    total += w;
  }
  if (total == 0.0) throw std::invalid_argument("measures: the weight is 0 everywhere");
  return sum / total;
}

double MeanSquaredError(std::span<const float> a, std::span<const float> b, const image::Image* weight) {
  return MeanOver(a.size(), weight, [&](std::size_t i) {
    const double difference = double{a[i]} - double{b[i]};
    return difference * difference;
  });
}

double Decibels(double mean_squared_error) {
  if (mean_squared_error == 0.0) return std::numeric_limits<double>::infinity();
  return -10.0 * std::log10(mean_squared_error);
}

}  // namespace

double ChromaPsnr_db(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix,
                     const image::Image* weight) {
  RequireComparable(result, truth, weight);
  const auto a = image::RgbToYCbCr(result, matrix), b = image::RgbToYCbCr(truth, matrix);
  return Decibels((MeanSquaredError(a.plane(1), b.plane(1), weight) + MeanSquaredError(a.plane(2), b.plane(2), weight)) /
                  2.0);
}

double LumaPsnr_db(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix,
                   const image::Image* weight) {
  RequireComparable(result, truth, weight);
  const auto a = image::RgbToYCbCr(result, matrix), b = image::RgbToYCbCr(truth, matrix);
  return Decibels(MeanSquaredError(a.plane(0), b.plane(0), weight));
}

double MeanDeltaE2000(const image::Image& result, const image::Image& truth, const image::Image* weight) {
  RequireComparable(result, truth, weight);
  const auto lab = [](const image::Image& rgb, std::size_t i) {
    const auto pixels = rgb.values();
    const std::size_t plane = rgb.pixel_count();
    return LabOfDisplay(pixels[i], pixels[plane + i], pixels[2 * plane + i]);
  };
  return MeanOver(result.pixel_count(), weight,
                  [&](std::size_t i) { return DeltaE2000(lab(result, i), lab(truth, i)); });
}

Figures Compare(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix,
                const image::Image* weight) {
  return {ChromaPsnr_db(result, truth, matrix, weight), LumaPsnr_db(result, truth, matrix, weight),
          MeanDeltaE2000(result, truth, weight)};
}

void MeanFigures::Add(const Figures& figures) {
  sum_.chroma_psnr_db += figures.chroma_psnr_db;
  sum_.luma_psnr_db += figures.luma_psnr_db;
  sum_.delta_e2000 += figures.delta_e2000;
  ++frames_;
}

Figures MeanFigures::Mean() const {
  if (frames_ == 0) throw std::logic_error("MeanFigures: no frames");
  return {sum_.chroma_psnr_db / frames_, sum_.luma_psnr_db / frames_, sum_.delta_e2000 / frames_};
}

}  // namespace interneg::validation
