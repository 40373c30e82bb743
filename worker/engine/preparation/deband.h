// Steps of coarse quantisation smoothed where nothing else is; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_DEBAND_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_DEBAND_H_

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

// Every channel by itself, in place. A pixel is flat when its 5×5 neighbourhood spans at most `threshold`; only flat
// pixels change, and only by flat ones. Such a pixel becomes the mean of itself and of pairs that lie opposite each
// other (so that a gradient keeps its values) within range_px, on a fixed spiral of 48; a pair counts when both differ
// from the pixel by at most 2.5 thresholds. Nothing changes by more than `threshold`.
void ApplyDeband(const Deband& deband, image::Image& picture);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_DEBAND_H_
