// Pictures as OpenCV planes, and what registration compares in place of colours; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_STRUCTURE_CV_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_STRUCTURE_CV_H_

#include <array>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

using Planes = std::vector<cv::Mat1f>;

// Views, not copies: the image must outlive them. The const view is for reading.
cv::Mat1f PlaneOf(image::Image& picture, int index);
const cv::Mat1f PlaneOf(const image::Image& picture, int index);

// Copies of all planes (or those of the rectangle) with NaN taken as 0 and everything limited to [−0.5, 1.5].
Planes PlanesOf(const image::Image& picture);

// Area average when smaller, linear when larger; outer edges on outer edges.
cv::Mat1f Resized(const cv::Mat1f& plane, cv::Size size);

// One resolution of one element.
struct Level {
  Planes planes;
  Transform to_picture;  // this level's pixels → the element's own
  cv::Size size() const { return planes[0].size(); }
};

// One element, finest resolution first; each next has half the pixels along each side.
struct Element {
  image::Size size;
  double pixel_aspect = 1.0;
  image::Rectangle area;   // what is compared, in the element's own pixels
  image::Rectangle whole;  // over which errors are told: the area, and around it what is not compared
  std::vector<Level> levels;
};

// `whole` is the area. `fraction` of the element's own resolution at the finest level, in (0, 1]; halved until the smaller side of `area`
// falls below 192 pixels.
Element MakeElement(const image::Image& picture, double pixel_aspect, const image::Rectangle& area, double fraction);

// The area as an upright box of level pixels: {left, top, right, bottom}, inclusive; and the whole.
std::array<double, 4> AreaAt(const Element& element, const Level& level);
std::array<double, 4> WholeAt(const Element& element, const Level& level);

// Samples `plane` at transform(x, y) for each pixel of `size`, by cubic convolution (a = −½), continued at its edges.
cv::Mat1f Warped(const cv::Mat1f& plane, const Transform& transform, cv::Size size);

// 1 where (x, y) lies in `fixed_box` and transform(x, y) in `moving_box`, else 0.
cv::Mat1f OverlapMask(cv::Size size, const std::array<double, 4>& fixed_box, const Transform& transform,
                      const std::array<double, 4>& moving_box);

// Real and imaginary part of Σ_c (gx + i gy)² over its local energy; each within about [−1, 1].
Planes TensorField(const Planes& planes);

// Slightly blurred, less its local mean, over its local deviation; about unit variance where there is structure.
cv::Mat1f Normalised(const cv::Mat1f& plane);

// Box mean over (2 radius + 1)², the picture mirrored at its edges.
cv::Mat1f BoxMean(const cv::Mat1f& plane, int radius);

// Weights that make one plane of each picture's planes, so that their details agree.
struct Projection {
  std::vector<double> fixed;
  std::vector<double> moving;
};

// BT.709 luma of three planes; the one plane itself.
std::vector<double> LumaOf(const Planes& planes);

// Least squares: the weights, of absolute sum 1, by which the details of `planes` come nearest to the target's, where
// `weight` says to look. A faded plane gets little, an inverted one a negative weight.
std::vector<double> ProjectionTo(const Planes& planes, const cv::Mat1f& target, const cv::Mat1f& weight);

cv::Mat1f Projected(const Planes& planes, const std::vector<double>& weights);

// ρ in [−1, 1] of two normalised plane lists in each pixel's neighbourhood under a mask.
cv::Mat1f LocalCorrelation(const Planes& a, const Planes& b, const cv::Mat1f& mask, int radius);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_STRUCTURE_CV_H_
