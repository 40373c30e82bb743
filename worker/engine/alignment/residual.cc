#include "worker/engine/alignment/residual.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/local_fit_cv.h"
#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kLines = 540;
constexpr int kRadius_px = 10;
constexpr double kInner_px = 1.2, kOuter_px = 5.0;
constexpr double kGoodFigure = 0.12, kGoodShare = 0.08, kUsableFigure = 0.35, kUsableShare = 0.25;
constexpr double kLeastStructured = 0.02;

void RequirePair(const image::Image& source, const Resampled& aligned, const char* function) {
  const auto one_or_three = [](const image::Image& p) { return p.channel_count() == 1 || p.channel_count() == 3; };
  if (source.empty() || source.size() != aligned.picture.size() || source.size() != aligned.coverage.size() ||
      !one_or_three(source) || !one_or_three(aligned.picture)) {
    throw std::invalid_argument(std::string(function) +
                                ": source and aligned reference are of one size and have 1 or 3 planes");
  }
  if (std::min(source.width_px(), source.height_px()) < 48) {
    throw std::invalid_argument(std::string(function) + ": a side has fewer than 48 pixels");
  }
}

cv::Mat1f Detail(const cv::Mat1f& plane) {
  cv::Mat1f fine, coarse;
  cv::GaussianBlur(plane, fine, cv::Size(), kInner_px, kInner_px, cv::BORDER_REFLECT_101);
  cv::GaussianBlur(plane, coarse, cv::Size(), kOuter_px, kOuter_px, cv::BORDER_REFLECT_101);
  return fine - coarse;
}

double MedianAbsolute(const cv::Mat1f& values) {
  std::vector<float> v;
  v.reserve(values.total());
  for (const float x : values) v.push_back(std::abs(x));
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle;
}

// The variance of the grain that is left in the band of Detail. White noise of deviation σ gives 6σ through the mask
// [1 −2 1; −2 4 −2; 1 −2 1] (Immerkær), and σ²(1/4π)(1/a² + 1/b² − 4/(a² + b²)) between Gaussians of a and b.
double GrainInBand(const cv::Mat1f& plane) {
  const cv::Mat1f mask = (cv::Mat1f(3, 3) << 1, -2, 1, -2, 4, -2, 1, -2, 1);
  cv::Mat1f finest;
  cv::filter2D(plane, finest, CV_32F, mask);
  const double sigma = MedianAbsolute(finest) / .6745 / 6.0;
  const double a = kInner_px * kInner_px, b = kOuter_px * kOuter_px;
  return sigma * sigma / (4.0 * CV_PI) * (1.0 / a + 1.0 / b - 4.0 / (a + b));
}

// Both elements at the size at which they are judged.
struct Reduced {
  Planes source, aligned;
  cv::Mat1f covered;
};

Reduced Reduce(const image::Image& source, const Resampled& aligned) {
  const double factor = std::min(1.0, static_cast<double>(kLines) / source.height_px());
  const cv::Size size(std::max(32, cvRound(source.width_px() * factor)),
                      std::max(32, cvRound(source.height_px() * factor)));
  Reduced out;
  for (const auto& plane : PlanesOf(source)) out.source.push_back(Resized(plane, size));
  for (const auto& plane : PlanesOf(aligned.picture)) out.aligned.push_back(Resized(plane, size));
  out.covered = Resized(PlaneOf(aligned.coverage, 0), size);
  // Well inside: a blur must not reach beyond the reference's edge.
  cv::threshold(out.covered, out.covered, .999, 1.0, cv::THRESH_BINARY);
  cv::erode(out.covered, out.covered, cv::Mat(), cv::Point(-1, -1), 4, cv::BORDER_CONSTANT, cv::Scalar(1.0));
  return out;
}

// One side's detail, by what the other side leaves of it.
struct Unexplained {
  cv::Mat1f share;       // 0..1
  cv::Mat1f structured;  // 0 or 1
  cv::Mat1f deviation;
};

struct Detailed {
  cv::Mat1f variance;
  double grain;
};

Unexplained UnexplainedOf(const Detailed& own, const Detailed& other, const cv::Mat1f& covariance, const cv::Mat1f& covered) {
  const double typical = own.variance.dot(covered) / std::max(cv::sum(covered)[0], 1.0);
  const double least = std::max({4.0 * own.grain, .05 * typical, 1e-7});
  Unexplained out{cv::Mat1f(covered.size(), 0.F), cv::Mat1f(covered.size(), 0.F), {}};
  cv::sqrt(own.variance, out.deviation);
  for (int y = 0; y < out.share.rows; ++y) {
    for (int x = 0; x < out.share.cols; ++x) {
      const double variance = own.variance(y, x), both = std::max(0.F, covariance(y, x));
      if (covered(y, x) <= 0.F || variance < least) continue;
      const double left = std::max(0.0, variance - both * both / (other.variance(y, x) + 1e-9) - own.grain);
      out.structured(y, x) = 1.F;
      out.share(y, x) = static_cast<float>(std::clamp(left / variance, 0.0, 1.0));
    }
  }
  return out;
}

struct Compared {
  Unexplained source;
  Unexplained reference;
};

Compared Compare(const Reduced& pair) {
  const auto planes = BringTogether(pair.source, pair.aligned, pair.covered);
  const auto moments = MomentsOf(Detail(planes.fixed), Detail(planes.moving), pair.covered, kRadius_px);
  const Detailed source{moments.ff, GrainInBand(planes.fixed)}, reference{moments.mm, GrainInBand(planes.moving)};
  return {UnexplainedOf(source, reference, moments.fm, pair.covered),
          UnexplainedOf(reference, source, moments.fm, pair.covered)};
}

void Judge(Residual& out, double structured_share) {
  if (structured_share < kLeastStructured) {
    out.verdict = ResidualVerdict::kUnusable;
    out.reason = "too little structure in the covered part to judge by";
  } else if (out.figure > kUsableFigure || out.left_share > kUsableShare) {
    out.verdict = ResidualVerdict::kUnusable;
    out.reason = "structure left after alignment";
  } else if (out.figure > kGoodFigure || out.left_share > kGoodShare) {
    out.verdict = ResidualVerdict::kUsable;
    out.reason = "structure left in places";
  } else {
    out.verdict = ResidualVerdict::kGood;
  }
}

image::Image AtFullSize(const cv::Mat1f& share, const image::Image& source) {
  image::Image out(source.size(), {"residual"}, source.color_space());
  cv::Mat1f plane = PlaneOf(out, 0);
  cv::resize(share, plane, plane.size(), 0, 0, cv::INTER_LINEAR);
  return out;
}

}  // namespace

std::string_view NameOf(ResidualVerdict verdict) {
  switch (verdict) {
    case ResidualVerdict::kGood:
      return "good";
    case ResidualVerdict::kUsable:
      return "usable";
    case ResidualVerdict::kUnusable:
      return "unusable";
  }
  throw std::invalid_argument("NameOf: not a verdict of a residual");
}

Residual MeasureResidual(const image::Image& source, const Resampled& aligned) {
  RequirePair(source, aligned, "MeasureResidual");
  const Compared compared = Compare(Reduce(source, aligned));
  const Unexplained& found = compared.source;
  const cv::Mat1f weight = found.structured.mul(found.deviation);
  const double structured = cv::sum(found.structured)[0];
  Residual out;
  out.figure = found.share.dot(weight) / std::max(cv::sum(weight)[0], 1e-12);
  cv::Mat1f left;
  cv::threshold(found.share, left, .5, 1.0, cv::THRESH_BINARY);
  out.left_share = cv::sum(left)[0] / std::max(structured, 1.0);
  Judge(out, structured / static_cast<double>(found.share.total()));
  out.map = AtFullSize(cv::max(found.share, compared.reference.share), source);
  out.of_reference = AtFullSize(compared.reference.share, source);
  return out;
}

}  // namespace interneg::alignment
