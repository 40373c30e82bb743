// Planes made softer.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/softness.h"

namespace interneg::model {

// [n, k, h, w], softened along both axes, the edges continued; itself where the softness is 0. Differentiable.
at::Tensor Softened(const at::Tensor& planes, const Softness& softness);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_SOFTNESS_TORCH_H_
