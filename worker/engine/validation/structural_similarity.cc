#include "worker/engine/validation/structural_similarity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "worker/engine/validation/luma_plane.h"

namespace interneg::validation {
namespace {

constexpr int kWindow_px = 11;
constexpr std::array kExponents = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

cv::Mat1d Windowed(const cv::Mat1d& plane) {
  cv::Mat1d out;
  cv::GaussianBlur(plane, out, {kWindow_px, kWindow_px}, 1.5);
  constexpr int kMargin = kWindow_px / 2;
  return out(cv::Rect(kMargin, kMargin, plane.cols - 2 * kMargin, plane.rows - 2 * kMargin)).clone();
}

struct Similarity {
  double luminance, structure;
};

Similarity PartsOf(const cv::Mat1d& a, const cv::Mat1d& b) {
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const cv::Mat1d ma = Windowed(a), mb = Windowed(b);
  const cv::Mat1d aa = Windowed(a.mul(a)), bb = Windowed(b.mul(b)), ab = Windowed(a.mul(b));
  double luminance = 0, structure = 0;
  for (int y = 0; y < ma.rows; ++y) {
    for (int x = 0; x < ma.cols; ++x) {
      const double p = ma(y, x), q = mb(y, x);
      luminance += (2 * p * q + kC1) / (p * p + q * q + kC1);
      structure += (2 * (ab(y, x) - p * q) + kC2) / (aa(y, x) - p * p + bb(y, x) - q * q + kC2);
    }
  }
  const auto count = static_cast<double>(ma.total());
  return {luminance / count, structure / count};
}

cv::Mat1d Halved(const cv::Mat1d& plane) {
  cv::Mat1d out;
  const cv::Mat1d even = plane(cv::Rect(0, 0, plane.cols / 2 * 2, plane.rows / 2 * 2));
  cv::resize(even, out, {plane.cols / 2, plane.rows / 2}, 0, 0, cv::INTER_AREA);
  return out;
}

int ScalesOf(image::Size size) {
  int scales = 0;
  for (int side = std::min(size.width_px, size.height_px); side >= kWindow_px && scales < 5; side /= 2) ++scales;
  return scales;
}

}  // namespace

double LumaMsSsim(const image::Image& result, const image::Image& truth) {
  if (result.size() != truth.size() || result.channel_count() != 3 || truth.channel_count() != 3) {
    throw std::invalid_argument("MS-SSIM: two pictures of three planes and one size are needed");
  }
  const int scales = ScalesOf(truth.size());
  if (scales == 0) throw std::invalid_argument("MS-SSIM: at least 11 pixels a side are needed");
  double total = 0;
  for (int i = 0; i < scales; ++i) total += kExponents[static_cast<std::size_t>(i)];
  cv::Mat1d a = LumaOf(result), b = LumaOf(truth);
  double product = 1;
  for (int i = 0; i < scales; ++i) {
    const double exponent = kExponents[static_cast<std::size_t>(i)] / total;
    const auto parts = PartsOf(a, b);
    // Structure that is the opposite of the truth's has no real power.
    product *= std::pow(std::max(parts.structure, 0.0), exponent);
    if (i + 1 == scales) return product * std::pow(std::max(parts.luminance, 0.0), exponent);
    a = Halved(a);
    b = Halved(b);
  }
  return product;
}

}  // namespace interneg::validation
