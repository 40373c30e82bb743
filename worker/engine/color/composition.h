// Held plane + predicted planes → R'G'B' that keeps the held plane exactly.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_COMPOSITION_H_
#define INTERNEG_WORKER_ENGINE_COLOR_COMPOSITION_H_

#include <cstddef>
#include <span>
#include <string>

#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::color {

struct Composed {
  image::Image rgb;              // R,G,B, in the colour space given
  std::size_t adjusted_px = 0;   // ComposeChroma: pixels whose chroma was scaled toward grey
  std::size_t outside_px = 0;    // ComposeHeldChroma: pixels kept although they leave the gamut
  double share() const;          // of the two counts over all pixels, 0..1
};

// Chroma jobs. The held Y is kept; Cb and Cr are scaled by one factor in [0, 1] a pixel, the largest for which R', G'
// and B' lie in [min(0, Y), max(1, Y)]. Never clipped per channel. The Y recomputed from the result (fp32 planes, the
// same matrix) equals the held one within 1e-6·max(1, |Y|). A non-finite prediction counts as grey.
// The three planes have size.width_px × size.height_px values; throws std::invalid_argument otherwise.
Composed ComposeChroma(image::Size size, std::span<const float> held_y, std::span<const float> predicted_cb,
                       std::span<const float> predicted_cr, image::YCbCrMatrix matrix, const std::string& color_space);

// Spatial jobs. Y is predicted, Cb and Cr are held and untouched; pixels outside [min(0, Y), max(1, Y)] are counted.
// The Cb, Cr recomputed from the result equal the held ones within 1e-6·max(1, |value|).
Composed ComposeHeldChroma(image::Size size, std::span<const float> predicted_y, std::span<const float> held_cb,
                           std::span<const float> held_cr, image::YCbCrMatrix matrix, const std::string& color_space);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_COMPOSITION_H_
