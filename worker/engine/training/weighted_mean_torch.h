// The mean that all losses take; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_WEIGHTED_MEAN_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_WEIGHTED_MEAN_TORCH_H_

#include <torch/torch.h>

namespace interneg::training {

// values: [n, k, h, w]; weight: [n, 1, h, w] or undefined (1 everywhere). 0 where nothing has any weight: a patch without
// confidence teaches nothing, but must not divide by zero.
inline at::Tensor WeightedMean(const at::Tensor& values, const at::Tensor& weight) {
  if (!weight.defined()) return values.mean();
  return (values * weight).sum() / (weight.sum() * static_cast<double>(values.size(1))).clamp_min(1e-6);
}

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_WEIGHTED_MEAN_TORCH_H_
