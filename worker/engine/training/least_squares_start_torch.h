// A better beginning for a network than no correction at all.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_LEAST_SQUARES_START_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_LEAST_SQUARES_START_TORCH_H_

#include "worker/engine/dataset/pair_store_torch.h"
#include "worker/engine/model/network_torch.h"

namespace interneg::training {

// The last layer of a U-Net or NAFNet starts at zero. What stands before it are random features of a picture, and which
// weights of the last layer turn these nearest to the truth is known without a step (Huang, Zhu and Siew 2006, "Extreme
// learning machine"; ridge regression). That is little by itself, but from the first step on gradients reach all
// layers, which behind a layer of zeros they do not.
//
// Fits the last layer, 3 × 3, to patches of 128 px drawn from `store` (exposed within 1 ± `exposure`, as in training),
// each pixel weighted by its confidence; `base` are the input's planes that are corrected. The ridge is 1e-5 of each
// feature's power, about what rounding to bfloat16 adds to it. Changes nothing in a network whose last layer is not
// zero, or has none. Costs eight forward passes of three patches, less than one step of training with patches of 256
// px. The store draws afterwards as if this had never been; the same arguments give the same weights.
void StartByLeastSquares(model::Network& network, dataset::PairStore& store, const model::PlaneRange& base,
                         double exposure);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_LEAST_SQUARES_START_TORCH_H_
