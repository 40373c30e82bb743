#include "worker/engine/alignment/dense_flow.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "worker/engine/alignment/local_fit_cv.h"
#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr double kMostPixels = 1'300'000.0;
constexpr float kLeastCorrelation = 0.3F;
constexpr int kCorrelationRadius_px = 10;

void Require(const image::Image& source, const image::Image& reference, const DenseOptions& o) {
  for (const auto* picture : {&source, &reference}) {
    if (picture->empty() || std::min(picture->width_px(), picture->height_px()) < 48 ||
        (picture->channel_count() != 1 && picture->channel_count() != 3)) {
      throw std::invalid_argument("dense refinement: pictures have 1 or 3 planes and at least 48 pixels a side");
    }
  }
  if (!(o.greatest_px > 0.0 && o.greatest_px <= 32.0) || !(o.consistency_px > 0.0) || !(o.smoothness_px > 0.0)) {
    throw std::invalid_argument(
        "dense refinement: the greatest shift lies above 0 and at most at 32 px, consistency and smoothness above 0");
  }
}

cv::Mat1b Bytes(const cv::Mat1f& normalised) {
  cv::Mat1b out;
  normalised.convertTo(out, CV_8U, 40.0, 128.0);
  return out;
}

cv::Mat2f Flow(const cv::Mat1b& from, const cv::Mat1b& to) {
  const auto method = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
  cv::Mat2f flow;
  method->calc(from, to, flow);
  return flow;
}

// 1 where the shift is small enough, returns to where it began, and is one of structure that agrees.
cv::Mat1f Believed(const cv::Mat2f& there, const cv::Mat2f& back, const cv::Mat1f& rho, const cv::Mat1f& covered,
                   double greatest, double consistency) {
  cv::Mat1f out(there.size(), 0.F);
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      const cv::Vec2f d = there(y, x);
      const int tx = cvRound(x + d[0]), ty = cvRound(y + d[1]);
      if (tx < 0 || ty < 0 || tx >= out.cols || ty >= out.rows || covered(y, x) < .999F) continue;
      const cv::Vec2f r = back(ty, tx);
      const bool good = std::hypot(d[0], d[1]) <= greatest && std::hypot(d[0] + r[0], d[1] + r[1]) <= consistency &&
                        rho(y, x) >= kLeastCorrelation;
      out(y, x) = good ? 1.F : 0.F;
    }
  }
  return out;
}

// The believed shifts spread by a Gaussian; a small weight of no shift everywhere, so that far from any it ends in
// none.
cv::Mat1f Smoothed(const cv::Mat1f& shift, const cv::Mat1f& believed, double sigma) {
  cv::Mat1f sum, weight;
  cv::GaussianBlur(shift.mul(believed), sum, cv::Size(), sigma, sigma, cv::BORDER_REFLECT_101);
  cv::GaussianBlur(believed, weight, cv::Size(), sigma, sigma, cv::BORDER_REFLECT_101);
  return sum / (weight + .02);
}

}  // namespace

DenseRefinement Refine(const image::Image& source, const image::Image& reference, const Transform& transform,
                       const DenseOptions& options) {
  Require(source, reference, options);
  const auto aligned = Resample(reference, transform, source.size(), ResampleFilter::kBicubic);
  const double factor = std::min(1.0, std::sqrt(kMostPixels / static_cast<double>(source.pixel_count())));
  const cv::Size size(cvRound(source.width_px() * factor), cvRound(source.height_px() * factor));
  const auto reduced = [&](const image::Image& picture) {
    Planes out;
    for (const auto& plane : PlanesOf(picture)) out.push_back(Resized(plane, size));
    return out;
  };
  const cv::Mat1f covered = Resized(PlaneOf(aligned.coverage, 0), size);
  const auto planes = BringTogether(reduced(source), reduced(aligned.picture), covered);
  const cv::Mat1f fixed = Normalised(planes.fixed), moving = Normalised(planes.moving);
  const cv::Mat2f there = Flow(Bytes(fixed), Bytes(moving)), back = Flow(Bytes(moving), Bytes(fixed));
  const cv::Mat1f rho = LocalCorrelation({fixed}, {moving}, covered, kCorrelationRadius_px);
  const cv::Mat1f believed =
      Believed(there, back, rho, covered, options.greatest_px * factor, options.consistency_px * factor);
  Planes parts;
  cv::split(there, parts);
  DenseRefinement out{{source.size(), {}, {}}, cv::sum(believed)[0] / std::max(1.0, cv::sum(covered)[0]), 0.0};
  const double scale_x = static_cast<double>(source.width_px()) / size.width;
  const double scale_y = static_cast<double>(source.height_px()) / size.height;
  cv::Mat1f dx, dy;
  const cv::Size full(source.width_px(), source.height_px());
  cv::resize(Smoothed(parts[0], believed, options.smoothness_px * factor) * scale_x, dx, full, 0, 0, cv::INTER_LINEAR);
  cv::resize(Smoothed(parts[1], believed, options.smoothness_px * factor) * scale_y, dy, full, 0, 0, cv::INTER_LINEAR);
  out.field.dx_px.assign(dx.begin(), dx.end());
  out.field.dy_px.assign(dy.begin(), dy.end());
  const cv::Mat1f whole = PlaneOf(aligned.coverage, 0);
  const double squared = whole.dot(dx.mul(dx)) + whole.dot(dy.mul(dy));
  out.rms_px = std::sqrt(squared / std::max(1.0, cv::sum(whole)[0]));
  return out;
}

}  // namespace interneg::alignment
