// The inverse of an output transform, made exact where it can be, and luma-keeping where it cannot.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_ODT_INVERSE_H_
#define INTERNEG_WORKER_ENGINE_COLOR_ODT_INVERSE_H_

#include <cstddef>

#include "worker/engine/color/processor.h"
#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::color {

// OCIO's inverse of the ACES output transform is itself approximate (the RRT's red modifier is undone from the modified
// hue, about 1 % off on skin), and saturated colours meet clamps. Where `to_display` of the inverse does not give the
// asked colour, what is asked of the inverse is corrected by what was missing, a few times; the best try stays.
image::Image InvertOdt(const image::Image& rgb, const Processor& to_display, const Processor& to_scene);

struct HeldInverse {
  image::Image scene;
  std::size_t limited_px = 0;  // chroma scaled toward grey
  std::size_t unheld_px = 0;   // neither the colour nor its grey returns with the luma; left as they are
};

// The same, such that `to_display` of the result has the luma of `rgb` within `tolerance`·max(1, |Y|). Where the best
// try has not, chroma is scaled toward grey at constant Y: the largest factor that a bisection finds, to 1/1024.
HeldInverse InvertOdtHoldingLuma(const image::Image& rgb, const Processor& to_display, const Processor& to_scene,
                                 image::YCbCrMatrix matrix, double tolerance);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_ODT_INVERSE_H_
