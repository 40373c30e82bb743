// A network's weights as one flat vector, with optimiser and average.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_WEIGHTS_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_WEIGHTS_TORCH_H_

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/model/network_torch.h"

namespace interneg::training {

// Makes a network's tensors views of one flat float32 vector, and their gradients views of another, so that optimiser,
// clipping and averaging are a few operations on whole vectors.
class FlatWeights {
 public:
  // Rebinds the network's tensors; the network must neither move nor die before this.
  FlatWeights(model::Network& network, const at::Device& device);

  at::Tensor& values() { return values_; }
  at::Tensor& gradients() { return gradients_; }

 private:
  at::Tensor values_;
  at::Tensor gradients_;
};

// Rebinds `network`'s tensors to views of `values` without gradients.
void BindValues(model::Network& network, const at::Tensor& values);

struct StepSettings {
  double learning_rate = 0;
  double weight_decay = 0;
  double average_decay = 0;
};

// AdamW (Loshchilov and Hutter 2019; β .9, .99, ε 1e-8) and an exponential average of the weights.
class Optimizer {
 public:
  explicit Optimizer(const at::Tensor& values);

  // One step with `gradients`; `values` are changed in place.
  void Step(at::Tensor& values, const at::Tensor& gradients, const StepSettings& settings);

  // The state to write down, and to fill in when it is taken up again.
  at::Tensor first_moment, second_moment, average;
  std::int64_t updates = 0;
};

// Scales `gradients` down to `limit` where their norm is larger; returns the norm before. Not finite when any is not.
double ClipNorm(at::Tensor& gradients, double limit);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_WEIGHTS_TORCH_H_
