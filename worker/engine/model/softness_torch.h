// Planes made softer.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_TORCH_H_

#include <cstdint>

#include <torch/torch.h>

#include "worker/engine/model/softness.h"

namespace interneg::model {

// [n, k, h, w], softened along both axes, the edges continued; itself where the softness is 0. Differentiable.
at::Tensor Softened(const at::Tensor& planes, const Softness& softness);

// Of Softened only every step-th pixel of every step-th row, beginning `first_x` and `first_y` into the planes: what lies
// between is not computed. [n, k, ⌈(h − first_y) / step⌉, ⌈(w − first_x) / step⌉]
struct Every {
  std::int64_t step = 1;
  std::int64_t first_x = 0;
  std::int64_t first_y = 0;
};
at::Tensor SoftenedEvery(const at::Tensor& planes, const Softness& softness, const Every& every);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_TORCH_H_
