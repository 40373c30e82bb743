// How much softer a reference's colour is than the source could show it.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_REFERENCE_SOFTNESS_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_REFERENCE_SOFTNESS_TORCH_H_

#include <vector>

#include <torch/torch.h>

#include "worker/engine/model/softness.h"

namespace interneg::training {

// One registered frame; float32 on the CPU.
struct SharpAndSoft {
  at::Tensor luma;    // [1, 1, h, w], the reference's
  at::Tensor sharp;   // [1, k, h, w], the colour that the source can show at its full resolution
  at::Tensor soft;    // [1, k, h, w], the reference's colour
  at::Tensor weight;  // [1, 1, h, w], 0 where the reference is not to be trusted; undefined: trusted everywhere
};

// The 24 tiles of 96x96 pixels in which luma and `sharp` have most detail, as frames of their own; fewer where there are
// fewer. What MeasureSoftness needs of a frame, in little memory; the weight becomes 1 where everything within 8 px is
// trusted by half or more, 0 elsewhere.
std::vector<SharpAndSoft> DetailedTiles(const SharpAndSoft& frame);

// The Gaussian that brings `sharp` nearest to `soft`. Both are seen only through their cross-correlation with the
// reference's luma, whose edges are theirs: the source's grain and the reference's noise have no part in it, while a plain
// comparison would take the grain that is missing in the reference for softness. Per frame and plane,
//   r(d) = Σ weight(p) ∇luma(p) · ∇plane(p + d),  |d| ≤ 16 px (sharp), 8 px (soft),
// and of the σ 0, .5, .6, .7, .85, 1 … 4 px (the same along both axes first, then each axis by itself) those are taken for which
// g · (G_σ ∗ r_sharp) misses r_soft least, summed over the 48 strongest, with a gain g of each tile's own because
// the tones may still be off. 0 where nothing can be seen, and where that is no better than sharp by `least_gain` (0..1): noise
// that a softer picture lacks is worth something too.
model::Softness MeasureSoftness(const std::vector<SharpAndSoft>& tiles, double least_gain);

// Of a reference of which nothing is known, and of one whose chroma is known to have fewer samples.
inline constexpr double kLeastGainUnknown = 0.3, kLeastGainSubsampled = 0.02;

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_REFERENCE_SOFTNESS_TORCH_H_
