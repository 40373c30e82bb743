// What a map of dyes makes of a tile's samples, and how that changes with its parameters.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DYE_SAMPLES_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DYE_SAMPLES_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/dye_map.h"
#include "worker/engine/model/dye_tiles_torch.h"

namespace interneg::model {

// Of the samples of a tile.
struct DyeSamples {
  at::Tensor chroma;       // float32 [2, m, n]
  at::Tensor derivatives;  // by the three gains at the sample, then the constants: float32 [2, 3 + kDyeConstants, m, n]
};
enum class Derivatives { kNo, kYes };
DyeSamples Evaluate(const DyeMap& map, const DyeTile& tile, Derivatives derivatives);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DYE_SAMPLES_TORCH_H_
