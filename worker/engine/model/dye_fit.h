// Fits maps of dyes to pairs: least squares of a model that is not linear, by Levenberg and Marquardt.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DYE_FIT_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DYE_FIT_H_

#include <span>
#include <vector>

#include "worker/engine/model/dye_map.h"
#include "worker/engine/model/polynomial_fit.h"
#include "worker/engine/model/softness.h"

namespace interneg::model {

// Maps from even to uneven: each may bend its gains over the frame more than the one before, and begins where that
// ended. Which of them tells other frames best is for frames to say that were not fitted to.
//
// Minimised is Σ w √(r² + kTolerance²) over samples of Cb and Cr, r the difference of prediction and truth and w the
// confidence (a miss of many tolerances, a title or dirt, counts by its size and not by its square), by reweighting,
// plus what holds the parameters near those of the map before, and the gains' bends near that map's; before the first
// map stands a print that has not faded. So where no truth is seen, a map goes on as the more even ones do. `softness`
// is the truth's: the prediction is softened likewise before it is compared, and against soft truths both are softened
// by kBeyond_px besides, since video coders pale the finest of what they keep. A sample's weight is the least
// confidence in reach of that.
//
// Some 400,000 pixels, spread over the picture (a ninth of them against sharp truths), are evaluated in each of eighteen
// rounds, whatever the frames' size and number (dye_tiles_torch.h), and again for every step that is tried. The same on every number of threads as far as
// LibTorch's own products and its solver are. Frames are in the display domain. Throws std::invalid_argument when there
// is no frame or sizes differ; returns nothing where the samples are too few to tell (fewer than 16 times the
// parameters).
std::vector<DyeMap> FitDyes(std::span<const FitFrame> frames, const Softness& softness, image::YCbCrMatrix matrix);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DYE_FIT_H_
