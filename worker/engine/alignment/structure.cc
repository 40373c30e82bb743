#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kTensorRadius_px = 7;
constexpr int kNormalRadius_px = 12;

cv::Mat1f Blurred(const cv::Mat1f& plane, double sigma) {
  cv::Mat1f out;
  cv::GaussianBlur(plane, out, cv::Size(), sigma, sigma, cv::BORDER_REFLECT_101);
  return out;
}

// What lies between two resolutions: the detail that both elements keep.
cv::Mat1f Detail(const cv::Mat1f& plane) {
  return Blurred(plane, 1.2) - Blurred(plane, 5.0);
}

std::vector<double> Scaled(const cv::Mat1d& column) {
  const double length = cv::norm(column, cv::NORM_L1);
  std::vector<double> out;
  for (int i = 0; i < column.rows; ++i) out.push_back(column(i) / std::max(length, 1e-12));
  return out;
}

}  // namespace

cv::Mat1f BoxMean(const cv::Mat1f& plane, int radius) {
  cv::Mat1f out;
  cv::blur(plane, out, cv::Size(2 * radius + 1, 2 * radius + 1), cv::Point(-1, -1), cv::BORDER_REFLECT_101);
  return out;
}

Planes TensorField(const Planes& planes) {
  cv::Mat1f re(planes[0].size(), 0.F), im(planes[0].size(), 0.F), energy(planes[0].size(), 0.F);
  for (const auto& plane : planes) {
    const cv::Mat1f soft = Blurred(plane, 1.0);
    cv::Mat1f gx, gy;
    cv::Scharr(soft, gx, CV_32F, 1, 0, 1.0 / 32.0, 0, cv::BORDER_REPLICATE);
    cv::Scharr(soft, gy, CV_32F, 0, 1, 1.0 / 32.0, 0, cv::BORDER_REPLICATE);
    re += gx.mul(gx) - gy.mul(gy);
    im += 2.0 * gx.mul(gy);
    energy += gx.mul(gx) + gy.mul(gy);
  }
  const cv::Mat1f local = BoxMean(energy, kTensorRadius_px);
  // A floor at the picture's own mean keeps flat, noisy areas from speaking as loud as edges.
  const cv::Mat1f scale = 1.0 / (local + .3 * cv::mean(energy)[0] + 1e-9);
  return {Blurred(re.mul(scale), .8), Blurred(im.mul(scale), .8)};
}

cv::Mat1f Normalised(const cv::Mat1f& plane) {
  const cv::Mat1f soft = Blurred(plane, 1.0);
  const cv::Mat1f centred = soft - BoxMean(soft, kNormalRadius_px);
  const cv::Mat1f variance = cv::max(BoxMean(centred.mul(centred), kNormalRadius_px), 0.0);
  cv::Mat1f deviation;
  cv::sqrt(variance + (.05 * cv::mean(variance)[0] + 1e-10), deviation);
  return centred / deviation;
}

std::vector<double> LumaOf(const Planes& planes) {
  return planes.size() == 1 ? std::vector<double>{1.0} : std::vector<double>{.2126, .7152, .0722};
}

std::vector<double> ProjectionTo(const Planes& planes, const cv::Mat1f& target, const cv::Mat1f& weight) {
  const int count = static_cast<int>(planes.size());
  const cv::Mat1f wanted = Detail(target);
  // Every neighbourhood counts alike: one strong edge must not choose the colours for the whole picture.
  const cv::Mat1f variance = cv::max(BoxMean(wanted.mul(wanted), kNormalRadius_px), 0.0);
  const cv::Mat1f even = weight / (variance + (.1 * cv::mean(variance)[0] + 1e-10));
  Planes details;
  for (const auto& plane : planes) details.push_back(Detail(plane));
  cv::Mat1d h(count, count), b(count, 1);
  for (int i = 0; i < count; ++i) {
    const cv::Mat1f weighted = details[i].mul(even);
    for (int j = 0; j < count; ++j) h(i, j) = weighted.dot(details[j]);
    b(i) = weighted.dot(wanted);
  }
  h += (3e-3 * cv::trace(h)[0] + 1e-12) * cv::Mat1d::eye(count, count);
  cv::Mat1d solved;
  if (!cv::solve(h, b, solved, cv::DECOMP_CHOLESKY) || !(cv::norm(solved, cv::NORM_L1) > 0.0)) return LumaOf(planes);
  return Scaled(solved);
}

cv::Mat1f Projected(const Planes& planes, const std::vector<double>& weights) {
  cv::Mat1f out(planes[0].size(), 0.F);
  for (std::size_t c = 0; c < planes.size(); ++c) cv::scaleAdd(planes[c], weights[c], out, out);
  return out;
}

cv::Mat1f LocalCorrelation(const Planes& a, const Planes& b, const cv::Mat1f& mask, int radius) {
  cv::Mat1f ab(mask.size(), 0.F), aa(mask.size(), 0.F), bb(mask.size(), 0.F);
  for (std::size_t c = 0; c < a.size(); ++c) {
    ab += a[c].mul(b[c]);
    aa += a[c].mul(a[c]);
    bb += b[c].mul(b[c]);
  }
  const cv::Mat1f mean_ab = BoxMean(ab.mul(mask), radius);
  // The box filter's running sums end a little below 0 where nothing is.
  const cv::Mat1f product =
      cv::max(BoxMean(aa.mul(mask), radius), 0.0).mul(cv::max(BoxMean(bb.mul(mask), radius), 0.0));
  cv::Mat1f energy;
  cv::sqrt(product, energy);
  return mean_ab / (energy + 1e-6F);
}

}  // namespace interneg::alignment
