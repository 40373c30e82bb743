// The local affine fit of one picture's detail to another's; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_LOCAL_FIT_CV_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_LOCAL_FIT_CV_H_

#include <opencv2/core.hpp>

#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {

// Two pictures of one size brought to one plane each.
struct OnePlaneEach {
  cv::Mat1f fixed;
  cv::Mat1f moving;
};

// By least squares over the covered picture, in turn (see ProjectionTo).
OnePlaneEach BringTogether(const Planes& fixed, const Planes& moving, const cv::Mat1f& covered);

// Variance and covariance in (2 radius + 1)² under a mask; variances never below 0.
struct LocalMoments {
  cv::Mat1f ff, mm, fm;
};
LocalMoments MomentsOf(const cv::Mat1f& fixed, const cv::Mat1f& moving, const cv::Mat1f& mask, int radius);

// fixed − (a moving + b) with a, b fitted in each neighbourhood.
cv::Mat1f LocalFitResidual(const cv::Mat1f& fixed, const cv::Mat1f& moving, const cv::Mat1f& mask, int radius);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_LOCAL_FIT_CV_H_
