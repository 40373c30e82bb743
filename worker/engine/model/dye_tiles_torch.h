// What a fit of dyes looks at: square tiles of the pairs, and the samples in them that are compared.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DYE_TILES_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DYE_TILES_TORCH_H_

#include <span>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/polynomial_fit.h"
#include "worker/engine/model/softness.h"

namespace interneg::model {

// One tile of a frame, and how to sample it: a value's samples are down · value · acrossᵀ.
struct DyeTile {
  at::Tensor rgb;            // R', G', B' in [0, 1]: float32 [3, h, w]
  at::Tensor gain_across;    // float32 [columns, w]: what the control values weigh at its pixels
  at::Tensor gain_down;      // float32 [h, rows]
  at::Tensor down;           // float32 [m, h]
  at::Tensor across;         // float32 [n, w]
  at::Tensor truth;          // Cb, Cr of the samples: float32 [2, m, n]
  at::Tensor weight;         // float32 [m, n]
  at::Tensor sample_across;  // float64 [n, columns]: the control values' weights at the samples
  at::Tensor sample_down;    // float64 [m, rows]
};

// Of frames of one size, all that they show or, where that is more than 96 tiles, so many spread evenly over the
// picture, each from one of the frames. The truths' own softness is `softness`; both sides are softened by `beyond_px`
// more. Tiles without a sample to be trusted are left out. Throws as RequireOneSize.
std::vector<DyeTile> DyeTiles(std::span<const FitFrame> frames, const Softness& softness, double beyond_px, int columns,
                              int rows, image::YCbCrMatrix matrix);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DYE_TILES_TORCH_H_
