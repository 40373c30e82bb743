#include "worker/engine/preparation/planes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <opencv2/imgproc.hpp>

namespace interneg::preparation {

cv::Mat1f View(image::Image& picture, int plane) {
  return {picture.height_px(), picture.width_px(), picture.plane(plane).data()};
}

cv::Mat1f View(const image::Image& picture, int plane) {
  // OpenCV has no view of constant pixels.
  return {picture.height_px(), picture.width_px(), const_cast<float*>(picture.plane(plane).data())};
}

Planes ViewAll(image::Image& picture) {
  return {View(picture, 0), View(picture, 1), View(picture, 2)};
}
Planes ViewAll(const image::Image& picture) {
  return {View(picture, 0), View(picture, 1), View(picture, 2)};
}

cv::Mat1f LumaOf(const Planes& rgb) {
  cv::Mat1f luma = 0.2126F * rgb[0];
  cv::scaleAdd(rgb[1], 0.7152, luma, luma);
  cv::scaleAdd(rgb[2], 0.0722, luma, luma);
  return luma;
}

cv::Mat1f Blurred(const cv::Mat1f& plane, double sigma_px) {
  const int side = 2 * static_cast<int>(std::ceil(3.0 * sigma_px)) + 1;
  cv::Mat1f out;
  cv::GaussianBlur(plane, out, cv::Size(side, side), sigma_px, sigma_px, cv::BORDER_REFLECT);
  return out;
}

cv::Mat1f BlurredWide(const cv::Mat1f& plane, double sigma_px) {
  constexpr double kSmallSigma = 4.0;
  const double factor = std::floor(sigma_px / kSmallSigma);
  if (factor < 2.0) return Blurred(plane, sigma_px);
  const cv::Size small_size(std::max(1, static_cast<int>(std::lround(plane.cols / factor))),
                            std::max(1, static_cast<int>(std::lround(plane.rows / factor))));
  cv::Mat1f small, out;
  cv::resize(plane, small, small_size, 0, 0, cv::INTER_AREA);
  // The reduction's box and the interpolation's tent have blurred already: variances of 1/12 and 1/6 of a small pixel.
  const double own = sigma_px / factor;
  cv::resize(Blurred(small, std::sqrt(own * own - 0.25)), out, plane.size(), 0, 0, cv::INTER_CUBIC);
  return out;
}

cv::Mat1f BoxMean(const cv::Mat1f& plane, int radius_px) {
  cv::Mat1f out;
  cv::boxFilter(plane, out, CV_32F, cv::Size(2 * radius_px + 1, 2 * radius_px + 1), cv::Point(-1, -1), true,
                cv::BORDER_REFLECT);
  return out;
}

void ForRows(int rows, const std::function<void(int)>& work) {
  cv::parallel_for_(cv::Range(0, rows), [&](const cv::Range& part) {
    for (int row = part.start; row < part.end; ++row) work(row);
  });
}

void MapValues(image::Image& picture, const std::function<double(int, double)>& of) {
  for (int c = 0; c < picture.channel_count(); ++c) {
    cv::Mat1f plane = View(picture, c);
    ForRows(plane.rows, [&](int row) {
      float* values = plane[row];
      for (int x = 0; x < plane.cols; ++x) values[x] = static_cast<float>(of(c, static_cast<double>(values[x])));
    });
  }
}

double Quantile(std::vector<float>& values, double share) {
  if (values.empty()) return 0.0;
  const auto at = static_cast<std::ptrdiff_t>(std::lround(share * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(at)]);
}

}  // namespace interneg::preparation
