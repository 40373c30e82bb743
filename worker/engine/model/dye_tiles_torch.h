// What a fit of dyes looks at: square tiles of the pairs, and the samples in them that are compared.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DYE_TILES_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DYE_TILES_TORCH_H_

#include <cstdint>
#include <span>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/polynomial_fit.h"
#include "worker/engine/model/softness.h"

namespace interneg::model {

// Samples along an axis: the i-th is Σ taps[k] · value[i · step + k].
struct Sampling {
  std::vector<float> taps;
  std::int64_t step = 1;
  std::int64_t samples = 0;

  // `axis` of the values becomes that of the samples, of which there must be some.
  at::Tensor Of(const at::Tensor& values, std::int64_t axis) const;
  // Not their sum but the least of the values that count.
  at::Tensor LeastOf(const at::Tensor& values, std::int64_t axis) const;
};

// One tile of a frame, and how to sample it: first down, then across.
struct DyeTile {
  at::Tensor rgb;          // R', G', B' in [0, 1]: float32 [3, h, w]
  at::Tensor gain_across;  // float32 [columns, w]: what the control values weigh at its pixels
  at::Tensor gain_down;    // float32 [h, rows]
  Sampling down;
  Sampling across;
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
