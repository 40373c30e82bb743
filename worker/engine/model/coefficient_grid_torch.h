// What a CoefficientGrid holds, for this module and its tests.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_COEFFICIENT_GRID_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_COEFFICIENT_GRID_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/coefficient_grid.h"

namespace interneg::model {

struct CoefficientGrid::Implementation {
  at::Tensor cells_nhwc;  // [1, down, across, bins · 16], contiguous, CPU
};

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_COEFFICIENT_GRID_TORCH_H_
