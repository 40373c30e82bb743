// How alike two pictures are in structure, as a loss can use it.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_STRUCTURAL_SIMILARITY_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_STRUCTURAL_SIMILARITY_TORCH_H_

#include <torch/torch.h>

namespace interneg::training {

// Mean MS-SSIM (Wang, Simoncelli and Bovik 2003) of [n, 1, h, w] with peak 1, Gaussian window 11, σ 1.5; as many of
// the five scales as the size allows, their weights normalised; 1 where not even one does.
//
// weight: [n, 1, h, w] in [0, 1] or undefined. Moments and coarser scales are then means weighted by it (normalised
// convolution, Knutsson and Westin 1993), and each window counts by its mean weight: a pixel of weight 0 changes nothing.
at::Tensor MultiScaleSsim(const at::Tensor& a, const at::Tensor& b, const at::Tensor& weight = {});

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_STRUCTURAL_SIMILARITY_TORCH_H_
