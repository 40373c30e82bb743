// The network of an earlier training that a new one begins with.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_INITIAL_WEIGHTS_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_INITIAL_WEIGHTS_TORCH_H_

#include <string>

#include "worker/engine/model/model_torch.h"
#include "worker/engine/training/ancestry.h"
#include "worker/engine/training/training.h"

namespace interneg::training {

struct Inherited {
  model::Network network;  // on the CPU: a model's own weights, a checkpoint's averaged ones
  Ancestry ancestry;       // the file itself and all that it descends from
  std::string remark;      // for the log: what of the file could not be compared; empty: nothing
};

// In a model's metadata: the colour space of the pictures that it was trained on (image.h, training domain).
inline constexpr char kDomain[] = "interneg.domain";

// Reads options.initial_weights for a training on pictures of `color_space`. Throws std::invalid_argument that names the
// file, what differs and what to do: a file that is none of ours or damaged, a kind that does not learn, another kind,
// size, free planes, matrix or domain, a hash that is none; std::runtime_error when it cannot be read.
Inherited ReadInitialWeights(const TrainingOptions& options, const std::string& color_space);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_INITIAL_WEIGHTS_TORCH_H_
