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
cv::Mat1f Detail(const cv::Mat1f& plane) { return Blurred(plane, 1.2) - Blurred(plane, 5.0); }

cv::Mat1d WeightedCovariance(const Planes& a, const Planes& b, const cv::Mat1f& weight) {
  cv::Mat1d out(static_cast<int>(a.size()), static_cast<int>(b.size()));
  for (int i = 0; i < out.rows; ++i) {
    const cv::Mat1f weighted = a[i].mul(weight);
    for (int j = 0; j < out.cols; ++j) out(i, j) = weighted.dot(b[j]);
  }
  return out;
}

// M^(−½) of a symmetric matrix, its small directions held back so that a plane of noise cannot win by being small.
cv::Mat1d InverseRoot(const cv::Mat1d& m) {
  cv::Mat1d values, vectors;
  cv::eigen(m, values, vectors);
  cv::Mat1d diagonal = cv::Mat1d::zeros(m.rows, m.cols);
  for (int i = 0; i < m.rows; ++i) diagonal(i, i) = 1.0 / std::sqrt(std::max(values(i), 0.0) + 1e-3 * values(0) + 1e-12);
  return vectors.t() * diagonal * vectors;
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

std::optional<Projection> CanonicalProjection(const Planes& fixed, const Planes& moving, const cv::Mat1f& weight) {
  Planes a, b;
  for (const auto& plane : fixed) a.push_back(Detail(plane));
  for (const auto& plane : moving) b.push_back(Detail(plane));
  const cv::Mat1d aa = WeightedCovariance(a, a, weight), bb = WeightedCovariance(b, b, weight);
  if (!(cv::trace(aa)[0] > 0.0) || !(cv::trace(bb)[0] > 0.0)) return std::nullopt;
  const cv::Mat1d ra = InverseRoot(aa), rb = InverseRoot(bb);
  cv::Mat1d values, u, vt;
  cv::SVD::compute(ra * WeightedCovariance(a, b, weight) * rb, values, u, vt);
  return Projection{Scaled(ra * u.col(0)), Scaled(rb * vt.row(0).t()), values(0)};
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
  const cv::Mat1f product = cv::max(BoxMean(aa.mul(mask), radius), 0.0).mul(cv::max(BoxMean(bb.mul(mask), radius), 0.0));
  cv::Mat1f energy;
  cv::sqrt(product, energy);
  return mean_ab / (energy + 1e-6F);
}

}  // namespace interneg::alignment
