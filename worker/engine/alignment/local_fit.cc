#include "worker/engine/alignment/local_fit_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kRounds = 2;

cv::Mat1f MaskedMean(const cv::Mat1f& plane, const cv::Mat1f& mask, const cv::Mat1f& share, int radius) {
  return BoxMean(plane.mul(mask), radius) / share;
}

}  // namespace

OnePlaneEach BringTogether(const Planes& fixed, const Planes& moving, const cv::Mat1f& covered) {
  std::vector<double> of_moving = LumaOf(moving), of_fixed;
  for (int i = 0; i < kRounds; ++i) {
    of_fixed = ProjectionTo(fixed, Projected(moving, of_moving), covered);
    of_moving = ProjectionTo(moving, Projected(fixed, of_fixed), covered);
  }
  return {Projected(fixed, of_fixed), Projected(moving, of_moving)};
}

LocalMoments MomentsOf(const cv::Mat1f& fixed, const cv::Mat1f& moving, const cv::Mat1f& mask, int radius) {
  const cv::Mat1f share = BoxMean(mask, radius) + 1e-4;
  const cv::Mat1f f = MaskedMean(fixed, mask, share, radius), m = MaskedMean(moving, mask, share, radius);
  LocalMoments out;
  out.ff = cv::max(MaskedMean(fixed.mul(fixed), mask, share, radius) - f.mul(f), 0.0);
  out.mm = cv::max(MaskedMean(moving.mul(moving), mask, share, radius) - m.mul(m), 0.0);
  out.fm = MaskedMean(fixed.mul(moving), mask, share, radius) - f.mul(m);
  return out;
}

cv::Mat1f LocalFitResidual(const cv::Mat1f& fixed, const cv::Mat1f& moving, const cv::Mat1f& mask, int radius) {
  const LocalMoments moments = MomentsOf(fixed, moving, mask, radius);
  const cv::Mat1f slope = moments.fm / (moments.mm + 1e-6);
  const cv::Mat1f share = BoxMean(mask, radius) + 1e-4;
  const cv::Mat1f f = MaskedMean(fixed, mask, share, radius), m = MaskedMean(moving, mask, share, radius);
  return (fixed - f - slope.mul(moving - m)).mul(mask);
}

}  // namespace interneg::alignment
