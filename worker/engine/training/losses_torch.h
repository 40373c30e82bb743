// What a training minimises.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_LOSSES_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_LOSSES_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/softness.h"
#include "worker/engine/training/training.h"

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

// Spatial, combined and direct; the first plane is luma. kDetail:
//
//   L1 + .15 (1 − MS-SSIM of luma) + .3 · L1 of a Laplacian pyramid of three bands + grain_weight · grain distance of
//   luma
//
// (structural_similarity_torch.h, grain_loss_torch.h). What has no confidence changes no term: pixels count by their
// weight, and grain is looked at only in blocks without a pixel of a weight below .5. Of each patch, and of the batch
// the mean by the patches' confidence, so that parts of a batch may be computed apart. kPlainL1: the L1 alone.
struct SpatialLoss {
  SpatialObjective objective = SpatialObjective::kDetail;
  double grain_weight = kDefaultGrainWeight;
  // Whole neighbourhoods of the truth may be displaced by up to this many pixels: NearestTruth takes its place.
  int tolerance_px = 0;
};

// Shapes as above.
at::Tensor Evaluate(const SpatialLoss& loss, const at::Tensor& output, const at::Tensor& truth,
                    const at::Tensor& weight);

// The truth, each pixel taken from where it lies nearest to the output: of the displacements by whole pixels up to
// ± reach_px, the one whose luma misses the output's least on the weighted mean over 17 × 17 px. Pixel by pixel, as chroma is
// forgiven, would not do: of nine neighbours one is always near, so that blur would cost nothing. No gradient passes
// through the choice. Shapes as above; reach_px ≥ 0.
at::Tensor NearestTruth(const at::Tensor& output, const at::Tensor& truth, const at::Tensor& weight, int reach_px);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_LOSSES_TORCH_H_
