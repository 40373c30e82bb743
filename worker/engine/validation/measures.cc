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

void RequireComparable(const image::Image& a, const image::Image& b) {
  if (a.size() != b.size() || a.channel_count() != 3 || b.channel_count() != 3) {
    throw std::invalid_argument("measures: two pictures of three planes and one size are needed");
  }
}

double SquaredError(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = double{a[i]} - double{b[i]};
    sum += difference * difference;
  }
  return sum;
}

double Decibels(double mean_squared_error) {
  if (mean_squared_error == 0.0) return std::numeric_limits<double>::infinity();
  return -10.0 * std::log10(mean_squared_error);
}

}  // namespace

double ChromaPsnr_db(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix) {
  RequireComparable(result, truth);
  const auto a = image::RgbToYCbCr(result, matrix), b = image::RgbToYCbCr(truth, matrix);
  const double sum = SquaredError(a.plane(1), b.plane(1)) + SquaredError(a.plane(2), b.plane(2));
  return Decibels(sum / (2.0 * static_cast<double>(a.pixel_count())));
}

double LumaPsnr_db(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix) {
  RequireComparable(result, truth);
  const auto a = image::RgbToYCbCr(result, matrix), b = image::RgbToYCbCr(truth, matrix);
  return Decibels(SquaredError(a.plane(0), b.plane(0)) / static_cast<double>(a.pixel_count()));
}

double MeanDeltaE2000(const image::Image& result, const image::Image& truth) {
  RequireComparable(result, truth);
  const auto lab = [](const image::Image& rgb, std::size_t i) {
    const auto pixels = rgb.values();
    const std::size_t plane = rgb.pixel_count();
    return LabOfDisplay(pixels[i], pixels[plane + i], pixels[2 * plane + i]);
  };
  double sum = 0.0;
  for (std::size_t i = 0; i < result.pixel_count(); ++i) sum += DeltaE2000(lab(result, i), lab(truth, i));
  return sum / static_cast<double>(result.pixel_count());
}

Figures Compare(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix) {
  return {ChromaPsnr_db(result, truth, matrix), LumaPsnr_db(result, truth, matrix), MeanDeltaE2000(result, truth)};
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
