#include "worker/engine/curation/textures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/imgproc.hpp>

#include "worker/engine/curation/planes.h"

namespace interneg::curation {
namespace {

cv::Mat1f Blurred(const cv::Mat1f& in, double sigma_px) {
  cv::Mat1f out;
  cv::GaussianBlur(in, out, {}, sigma_px, sigma_px, cv::BORDER_REFLECT_101);
  return out;
}

struct LocalMeasures {
  cv::Mat1f variance, fine_variance, xx, xy, yy;
};

LocalMeasures Measure(const cv::Mat1f& luma) {
  constexpr double kWindow_px = 3.0;
  LocalMeasures out;
  const cv::Mat1f mean = Blurred(luma, kWindow_px);
  const cv::Mat1f detail = luma - Blurred(luma, 1.0);
  out.variance = Blurred(luma.mul(luma), kWindow_px) - mean.mul(mean);
  out.fine_variance = Blurred(detail.mul(detail), kWindow_px);
  cv::Mat1f dx, dy;
  cv::Sobel(luma, dx, CV_32F, 1, 0);
  cv::Sobel(luma, dy, CV_32F, 0, 1);
  out.xx = Blurred(dx.mul(dx), kWindow_px);
  out.xy = Blurred(dx.mul(dy), kWindow_px);
  out.yy = Blurred(dy.mul(dy), kWindow_px);
  return out;
}

Texture Classify(const LocalMeasures& m, int y, int x) {
  const double variance = m.variance(y, x), contrast = std::sqrt(std::max(0.0, variance));
  if (contrast < .012) return Texture::kFlat;
  const double fineness = m.fine_variance(y, x) / variance;
  if (fineness < .08) return Texture::kSmooth;
  const double sum = m.xx(y, x) + m.yy(y, x), difference = m.xx(y, x) - m.yy(y, x);
  const double coherence = std::hypot(difference, 2.0 * m.xy(y, x)) / std::max(sum, 1e-12);
  if (coherence > .75 && contrast > .04) return Texture::kEdge;
  return fineness > .30 ? Texture::kFine : Texture::kCoarse;
}

}  // namespace

TextureShares MeasureTextures(const image::Image& ycbcr) {
  const cv::Mat1f luma = PlaneView(ycbcr, 0);
  const LocalMeasures measures = Measure(luma);
  TextureShares shares{};
  for (int y = 0; y < luma.rows; ++y) {
    for (int x = 0; x < luma.cols; ++x) shares[static_cast<std::size_t>(Classify(measures, y, x))] += 1.0;
  }
  for (double& share : shares) share /= static_cast<double>(luma.total());
  return shares;
}

}  // namespace interneg::curation
