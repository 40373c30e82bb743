// The Gaussian blur of a plane.
#ifndef INTERNEG_WORKER_ENGINE_IMAGE_GAUSSIAN_H_
#define INTERNEG_WORKER_ENGINE_IMAGE_GAUSSIAN_H_

#include <span>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::image {

// `plane` (rows from top to bottom, size.width_px × size.height_px values) under exp(−½ (r / sigma_px)²), cut off beyond
// 3 σ and made to sum to 1, edges repeated. Sums in one order whatever the machine. sigma_px > 0; throws
// std::invalid_argument otherwise, and for a plane of another size.
std::vector<float> GaussianBlurred(std::span<const float> plane, Size size, double sigma_px);

}  // namespace interneg::image

#endif  // INTERNEG_WORKER_ENGINE_IMAGE_GAUSSIAN_H_
