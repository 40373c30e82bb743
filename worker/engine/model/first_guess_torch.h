// Maps to chroma, computed: planes Y, Cb, Cr [1, 3, h, w] on the CPU → Cb, Cr [1, 2, h, w], every pixel by the same
// operations whatever the window.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/first_guess.h"

namespace interneg::model {

at::Tensor ApplyFirstGuess(const FirstGuess& guess, const at::Tensor& ycbcr, const Window& window);
at::Tensor ApplyPolynomial(const PolynomialMap& map, const at::Tensor& ycbcr, const Window& window);
at::Tensor ApplyDyes(const DyeMap& map, const at::Tensor& ycbcr, const Window& window);

// The weights of `controls` control values (columns or rows of a DyeMap) at pixels [first, first + count) of an axis of
// `extent` pixels: float64 [count, controls]. Places beyond the axis have its ends'.
at::Tensor SplineWeights(std::int64_t first_px, std::int64_t count, int extent_px, int controls);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_FIRST_GUESS_TORCH_H_
