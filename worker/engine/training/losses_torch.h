// What a training minimises.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_LOSSES_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_LOSSES_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/softness.h"

namespace interneg::training {

// Chroma: the mean of √(d² + ε²), ε = 10⁻³, over Cb and Cr (Charbonnier), weighted per pixel.
struct ChromaLoss {
  // The output is made as soft as the truth is before they are compared.
  model::Softness softness;
  // The truth may be displaced by up to this many pixels (0 or 1): the nearest match counts.
  int tolerance_px = 0;
};

// output, truth: float32 [n, k, h, w]; weight: [n, 1, h, w] or undefined. Returns a scalar.
at::Tensor Evaluate(const ChromaLoss& loss, const at::Tensor& output, const at::Tensor& truth,
                    const at::Tensor& weight);

// Spatial and combined: L1 + 0.15 (1 − MS-SSIM of the first plane) + 0.3 × L1 of a three-band Laplacian pyramid.
at::Tensor SpatialLoss(const at::Tensor& output, const at::Tensor& truth, const at::Tensor& weight);

// Mean MS-SSIM (Wang, Simoncelli and Bovik 2003) of [n, 1, h, w] with peak 1, Gaussian window 11, σ 1.5; as many of
// the five scales as the size allows, their weights normalised.
at::Tensor MultiScaleSsim(const at::Tensor& a, const at::Tensor& b);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_LOSSES_TORCH_H_
