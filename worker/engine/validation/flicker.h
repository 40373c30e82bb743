// How much planes change from frame to frame beyond what the picture's motion explains.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_FLICKER_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_FLICKER_H_

#include <span>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/image/motion_field.h"

namespace interneg::validation {

// The mean over the planes and over pixels p with weight, of |now(p) − next(p + motion(p))|, `next` between its pixels by
// bilinear interpolation: the warping error of Lai et al., Learning Blind Video Temporal Consistency (ECCV 2018), §4.2,
// with absolute in place of squared differences, in the planes' own unit. Pixels that move out of the picture do not
// count. `weight`: one value for each pixel, for instance VisibleShare's; empty: all count. Throws
// std::invalid_argument for pictures, motion or weight of different sizes; 0 where nothing counts.
double TemporalDifference(const image::Image& now, const image::Image& next, const image::MotionField& motion,
                          std::span<const float> weight = {});

// Where the motion is to be believed: 1 where a plane of both pictures (the source's luma) agrees along it within
// `tolerance`, 0 elsewhere and where it leads out of the picture. Occluded places are left out by it.
std::vector<float> VisibleShare(const image::Image& now, const image::Image& next, const image::MotionField& motion,
                                double tolerance = 0.04);

// Flicker of a result: what its planes change along the motion by more than those of pictures that are right (the
// truth, or else the reference or the source). `result` and `right` are means of TemporalDifference over the same
// frames, motion and weight. Never below 0.
double Flicker(double result, double right);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_FLICKER_H_
