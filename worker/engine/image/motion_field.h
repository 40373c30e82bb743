// Where a picture's content lies in another picture.
#ifndef INTERNEG_WORKER_ENGINE_IMAGE_MOTION_FIELD_H_
#define INTERNEG_WORKER_ENGINE_IMAGE_MOTION_FIELD_H_

#include <span>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::image {

// From one picture to another of the same size, a vector for every pixel, row-major: what the first shows at (x, y),
// the second shows at (x + dx_px, y + dy_px). Fractions are meant; places may lie outside.
struct MotionField {
  Size size;
  std::vector<float> dx_px;
  std::vector<float> dy_px;
};

// Throws std::invalid_argument naming `function` unless the field has that size and a vector for every pixel.
void RequireFits(const MotionField& motion, Size size, const char* function);

// The value between the four pixels around a place, of the border's nearest pixel outside. Pixel centres have whole
// numbers.
float BilinearAt(std::span<const float> plane, Size size, float x_px, float y_px);

// Whether a place lies in the picture, half a pixel around its outer centres included.
bool Contains(Size size, float x_px, float y_px);

// `first`, and then `second` from where it leads: from a picture to the one after the next.
MotionField Chained(const MotionField& first, const MotionField& second);

}  // namespace interneg::image

#endif  // INTERNEG_WORKER_ENGINE_IMAGE_MOTION_FIELD_H_
