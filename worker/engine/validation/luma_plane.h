// The luma of a picture as OpenCV takes it, and small statistics; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_LUMA_PLANE_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_LUMA_PLANE_H_

#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::validation {

// BT.709 luma; three planes are required.
cv::Mat1f LumaOf(const image::Image& rgb);

// A copy of one plane.
cv::Mat1f PlaneOf(const image::Image& rgb, int index);

// The value below which `share` (0..1) of the values lie, by the nearest rank; 0 without values.
double Quantile(std::vector<float> values, double share);

// 1.4826 times the median of |v − median|: the σ of a normal distribution, whatever a few outliers do.
double RobustSigma(std::vector<float> values);

// Throws std::invalid_argument without frames, for planes other than three, different sizes, NaN or infinite pixels.
void RequireFramesOfOneShot(std::span<const image::Image> frames);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_LUMA_PLANE_H_
