// The invertible exposure scale by which the extremes of a scene-referred picture pass the ODT.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_EXPOSURE_SCALE_H_
#define INTERNEG_WORKER_ENGINE_COLOR_EXPOSURE_SCALE_H_

#include "worker/engine/image/image.h"

namespace interneg::color {

// Of a pixel whose largest AP0 component is `peak` and which has no negative one: the factor between it and what goes
// through the ODT instead.
//   peak > kHighKnee:  peak / (kHighKnee + over / (1 + over / (kHighCeiling − kHighKnee))),  over = peak − kHighKnee
//   peak < 2 kFloor:   peak / (kFloor + peak² / (4 kFloor))
//   between:           1
// Both bends join with equal slope. The scaled peak lies in [kFloor, kHighCeiling), where the ODT of a neutral and its
// inverse agree to fp32 rounding. Pure.
inline constexpr float kHighKnee = 4.0F;
inline constexpr float kHighCeiling = 12.0F;
inline constexpr float kFloor = 0.004F;
float ExposureScale(float peak);

// Of any pixel; `peak` is the largest component. Without a positive one, the sign goes into the factor: the component
// nearest to zero passes as kFloor (peak / kFloor), and what is scaled is positive. With components of both signs the
// rule above decides. But in either case the factor's size is at least max|component| / kHighCeiling: a peak near zero
// would otherwise carry the others away without bound. So every scaled component lies in [−kHighCeiling, kHighCeiling],
// and times the factor it is the component again, to fp32 rounding. 0 for black alone. Pure.
float ExposureScale(float r, float g, float b);

// Divides every pixel of `ap0` by its scale. Gives the plane "scale", or an empty image when every factor is 1.
image::Image TakeExposureScale(image::Image& ap0);

// Divides or multiplies every pixel by a given scale (empty: by 1). A factor of 0 divides to the floor's grey.
// Throws std::invalid_argument when the sizes differ.
void DivideByScale(image::Image& ap0, const image::Image& scale);
void MultiplyByScale(image::Image& ap0, const image::Image& scale);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_EXPOSURE_SCALE_H_
