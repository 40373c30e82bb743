// The sharpness that a copy loses.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_GENERATION_LOSS_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_GENERATION_LOSS_H_

#include "worker/engine/image/image.h"

namespace interneg::simulation {

// exp(−½(σ/1px·r)²): `sigma_px` .35–.74 for one generation. Every plane; edges mirrored. sigma_px ≥ 0.
image::Image GaussianLoss(const image::Image& picture, double sigma_px);

// MTF 1/(1+(f/f50)²), f in cycles a pixel, `f50` the frequency at which half of the contrast is left, > 0.
// Applied in the frequency domain over mirrored edges. Throws std::invalid_argument for f50 ≤ 0.
image::Image MtfLoss(const image::Image& picture, double f50);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_GENERATION_LOSS_H_
