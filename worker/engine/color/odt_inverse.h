// The inverse of an output transform, made exact where it can be, and luma-keeping where it cannot.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_ODT_INVERSE_H_
#define INTERNEG_WORKER_ENGINE_COLOR_ODT_INVERSE_H_

#include <cstddef>
#include <span>
#include <vector>

#include "worker/engine/color/processor.h"
#include "worker/engine/color/training_transform.h"
#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::color {

// OCIO's inverse of the ACES output transform is itself approximate (the RRT's red modifier is undone from the modified
// hue, about 1 % off on skin), and saturated colours meet clamps. Where `to_display` of the inverse does not give the
// asked colour, what is asked of the inverse is corrected by what was missing, a few times; the best try stays.
image::Image InvertOdt(const image::Image& rgb, const Processor& to_display, const Processor& to_scene);

struct HeldInverse {
  image::Image scene;
  // Pixels by their place, ascending.
  std::vector<std::size_t> limited;  // chroma scaled toward grey, or the original's own
  std::vector<std::size_t> unheld;   // neither grey nor the original's own colour returns with the luma; left as they are
};

// The same, such that `to_display` of the result has the luma of `rgb` within `tolerance`·max(1, |Y|). Where the best
// try has not, chroma is scaled toward grey at constant Y: the largest factor that a bisection finds, to 1/1024. Where not
// even grey returns (a luma below zero), the original's own scene colour is taken: `dark` has it for pixels of such a
// luma, in ascending order.
HeldInverse InvertOdtHoldingLuma(const image::Image& rgb, std::span<const DarkPixel> dark, const Processor& to_display,
                                 const Processor& to_scene, image::YCbCrMatrix matrix, double tolerance);

// The pixels of `display` whose luma lies below kDarkLuma by some matrix, with their colours in `scene`, from which
// `display` was made.
inline constexpr float kDarkLuma = 0.002F;
std::vector<DarkPixel> DarkPixelsOf(const image::Image& scene, const image::Image& display);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_ODT_INVERSE_H_
