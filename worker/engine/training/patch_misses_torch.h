// What a step's output missed, place by place: what a map of difficulty learns from.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_PATCH_MISSES_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_PATCH_MISSES_TORCH_H_

#include <vector>

#include <torch/torch.h>

#include "worker/engine/dataset/difficulty.h"
#include "worker/engine/dataset/pair_store_torch.h"

namespace interneg::training {

// kSmooth: differences are averaged over 4x4 samples before their size counts, so that grain, a softer truth and a
// registration that is off by a fraction of a pixel are no difficulty. kDetail: of single samples.
enum class MissKind { kSmooth, kDetail };

// Of each block of 8x8 samples the mean of |output − truth| · weight, at the place in the frame where its middle lies.
// output: float32 [n, k, h, w], of the patches. Incomplete blocks at the right and lower edges are left out.
std::vector<dataset::SeenMiss> MissesOf(const at::Tensor& output, const dataset::Patches& patches, MissKind kind);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_PATCH_MISSES_TORCH_H_
