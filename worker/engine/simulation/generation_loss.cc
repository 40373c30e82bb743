#include "worker/engine/simulation/generation_loss.h"

#include <cmath>
#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace interneg::simulation {
namespace {

// Multiplies the cosine spectrum of a plane. Under the DCT a picture continues as its own mirror, so no edge rings; the
// coefficient k of n samples is the frequency k / (2 n) cycles a pixel.
template <typename Response>
void Filter(cv::Mat1f& plane, const Response& response) {
  const cv::Size size = plane.size();
  cv::Mat1f even;  // OpenCV transforms even sizes only
  cv::copyMakeBorder(plane, even, 0, size.height % 2, 0, size.width % 2, cv::BORDER_REPLICATE);
  cv::Mat1f spectrum;
  cv::dct(even, spectrum);
  for (int y = 0; y < spectrum.rows; ++y) {
    for (int x = 0; x < spectrum.cols; ++x) {
      const double fx = x / (2.0 * spectrum.cols), fy = y / (2.0 * spectrum.rows);
      spectrum(y, x) *= static_cast<float>(response(std::hypot(fx, fy)));
    }
  }
  cv::idct(spectrum, even);
  even(cv::Rect(0, 0, size.width, size.height)).copyTo(plane);
}

}  // namespace

image::Image GaussianLoss(const image::Image& picture, double sigma_px) {
  if (!(sigma_px >= 0.0)) throw std::invalid_argument("generation loss: the blur is 0 px or more");
  image::Image out = picture;
  if (sigma_px == 0.0) return out;
  for (int c = 0; c < out.channel_count(); ++c) {
    cv::Mat1f plane(out.height_px(), out.width_px(), out.plane(c).data());
    cv::Mat1f blurred;
    const int reach = static_cast<int>(std::ceil(5.0 * sigma_px));
    cv::GaussianBlur(plane, blurred, cv::Size(2 * reach + 1, 2 * reach + 1), sigma_px, sigma_px, cv::BORDER_REFLECT);
    blurred.copyTo(plane);
  }
  return out;
}

image::Image MtfLoss(const image::Image& picture, double f50) {
  if (!(f50 > 0.0)) throw std::invalid_argument("generation loss: f50 is more than 0 cycles a pixel");
  image::Image out = picture;
  for (int c = 0; c < out.channel_count(); ++c) {
    cv::Mat1f plane(out.height_px(), out.width_px(), out.plane(c).data());
    Filter(plane, [f50](double f) { return 1.0 / (1.0 + (f / f50) * (f / f50)); });
  }
  return out;
}

}  // namespace interneg::simulation
