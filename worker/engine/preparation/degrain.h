// Grain taken off by averaging what is the same, in time and in space; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_DEGRAIN_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_DEGRAIN_H_

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"
#include "worker/engine/preparation/window.h"

namespace interneg::preparation {

// Temporal: the mean of the frame and its motion-compensated neighbours. With q the squared difference over all
// channels in units of what grain alone would give (1), a neighbour's weight is
//   exp(−1.5 max(0, q₅ − 1.3)) · exp(−½ max(0, q₃ − 4)),  qₙ the mean of q over n×n pixels,
// so that what moved otherwise is left out instead of shining through.
// Spatial: non-local means (Buades, Coll and Morel, CVPR 2005) on patches of 5×5, weight exp(−max(0, q₅ − 1) / 0.6)
// with the grain that is left; a search window of 2 search_radius_px + 1. The grain is measured (noise.h). Without
// neighbours the temporal part does nothing.
image::Image Degrained(const Degrain& degrain, const Window& window);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_DEGRAIN_H_
