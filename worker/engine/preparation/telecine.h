// How telecined video is to be put together again: the phase of its cadence, told by the pictures.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_TELECINE_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_TELECINE_H_

#include <span>

#include "worker/engine/frames/pulldown.h"
#include "worker/engine/image/image.h"

namespace interneg::preparation {

// Mean over all pixels with both neighbours of max(0, (L(y) − L(y−1)) (L(y) − L(y+1)) − 10^−4) of luma: near nothing
// where lines belong together, larger where every other line is from another time. For comparing frames of one shot.
double CombEnergy(const image::Image& picture);

// The pulldown, counted from the first of the given unbroken video frames as 0, whose film frames comb least (10 frames
// or more for 3:2, 4 for 2:2). Throws std::invalid_argument when there are too few, or when no phase combs less than half
// as much as the next (a still picture, another cadence, or video): then set the phase by hand, or deinterlace.
frames::Pulldown EstimatePulldown(std::span<const image::Image> video_frames, frames::Cadence cadence,
                                  frames::FieldOrder order);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_TELECINE_H_
