#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/local_fit_cv.h"
#include "worker/engine/alignment/residual.h"
#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kGap_px = 4;
constexpr int kFitRadius_px = 12;
constexpr double kGain = 4.0;

// The four strongest percent of a picture's gradients, soft, 0..1.
cv::Mat1f EdgesOf(const cv::Mat1f& plane) {
  cv::Mat1f soft, gx, gy, magnitude;
  cv::GaussianBlur(plane, soft, cv::Size(), 1.0);
  cv::Scharr(soft, gx, CV_32F, 1, 0);
  cv::Scharr(soft, gy, CV_32F, 0, 1);
  cv::magnitude(gx, gy, magnitude);
  std::vector<float> sorted(magnitude.begin(), magnitude.end());
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(.96 * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), at, sorted.end());
  return cv::min(magnitude / (*at + 1e-6F), 1.0);
}

Planes Coloured(const Planes& planes) {
  return planes.size() == 3 ? planes : Planes(3, planes[0]);
}

void Paste(image::Image& sheet, const Planes& picture, cv::Point at) {
  for (int c = 0; c < 3; ++c) {
    cv::Mat1f plane = PlaneOf(sheet, c);
    cv::Mat1f(cv::min(cv::max(picture[c], 0.0), 1.0)).copyTo(plane(cv::Rect(at, picture[c].size())));
  }
}

}  // namespace

image::Image DifferenceSheet(const image::Image& source, const Resampled& aligned, int most_width_px) {
  if (source.size() != aligned.picture.size() || source.size() != aligned.coverage.size()) {
    throw std::invalid_argument("DifferenceSheet: source and aligned reference are of one size");
  }
  if (most_width_px < 48) throw std::invalid_argument("DifferenceSheet: a picture is at least 48 pixels wide");
  const double factor = std::min(1.0, static_cast<double>(most_width_px) / source.width_px());
  const cv::Size size(cvRound(source.width_px() * factor), std::max(1, cvRound(source.height_px() * factor)));
  Planes fixed, moving;
  for (const auto& plane : PlanesOf(source)) fixed.push_back(Resized(plane, size));
  for (const auto& plane : PlanesOf(aligned.picture)) moving.push_back(Resized(plane, size));
  const cv::Mat1f covered = Resized(PlaneOf(aligned.coverage, 0), size);
  const auto planes = BringTogether(fixed, moving, covered);
  const cv::Mat1f difference = .5 + kGain * LocalFitResidual(planes.fixed, planes.moving, covered, kFitRadius_px);
  const cv::Mat1f grey = .35 * Projected(fixed, LumaOf(fixed)), none(size, 0.F);
  const cv::Mat1f theirs = EdgesOf(planes.moving).mul(covered), ours = EdgesOf(planes.fixed);
  image::Image sheet({2 * size.width + kGap_px, 2 * size.height + kGap_px}, {"R", "G", "B"}, source.color_space());
  Paste(sheet, Coloured(fixed), {0, 0});
  Paste(sheet, Coloured(moving), {size.width + kGap_px, 0});
  Paste(sheet, {difference, difference, difference}, {0, size.height + kGap_px});
  Paste(sheet, {grey + theirs, grey + ours, grey}, {size.width + kGap_px, size.height + kGap_px});
  return sheet;
}

}  // namespace interneg::alignment
