// Our planes as OpenCV sees them; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_PLANES_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_PLANES_H_

#include <array>
#include <functional>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/image/image.h"

namespace interneg::preparation {

using Planes = std::array<cv::Mat1f, 3>;

// The pixels themselves, not a copy: valid while the picture lives and is not resized. The const form must only be
// read.
cv::Mat1f View(image::Image& picture, int plane);
cv::Mat1f View(const image::Image& picture, int plane);
Planes ViewAll(image::Image& picture);
Planes ViewAll(const image::Image& picture);

// Y' of BT.709 from R', G', B'.
cv::Mat1f LumaOf(const Planes& rgb);

// A Gaussian whose kernel ends where it has become nothing (3 sigma), mirrored at the borders.
cv::Mat1f Blurred(const cv::Mat1f& plane, double sigma_px);

// The same for sigmas of many pixels: by a smaller picture, interpolated back. As smooth, and as fast for every sigma.
cv::Mat1f BlurredWide(const cv::Mat1f& plane, double sigma_px);

// The mean over (2 radius + 1)² pixels, mirrored at the borders. The sums do not depend on the rest of the picture.
cv::Mat1f BoxMean(const cv::Mat1f& plane, int radius_px);

// Runs `work(row)` for every row, on OpenCV's threads; rows must not depend on each other.
void ForRows(int rows, const std::function<void(int row)>& work);

// value ← of(channel, value) for every pixel of every plane.
void MapValues(image::Image& picture, const std::function<double(int channel, double value)>& of);

// Value at the share 0..1 of the order; partly sorts `values`. 0 of nothing.
double Quantile(std::vector<float>& values, double share);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_PLANES_H_
