#include <algorithm>
#include <cstdint>

#include "worker/engine/training/grain_loss_torch.h"
#include "worker/engine/training/losses_torch.h"
#include "worker/engine/training/structural_similarity_torch.h"
#include "worker/engine/training/weighted_mean_torch.h"

namespace interneg::training {
namespace {

at::Tensor PyramidLoss(at::Tensor difference, at::Tensor weight) {
  at::Tensor sum = at::zeros({}, difference.options());
  for (int band = 0; band < 3 && std::min(difference.size(2), difference.size(3)) >= 4; ++band) {
    at::Tensor low, coarser;
    if (weight.defined()) {
      // The mean of what is trusted: an untrusted pixel must not reach its neighbours through the coarser band.
      coarser = at::avg_pool2d(weight, 2);
      low = at::avg_pool2d(difference * weight, 2) / coarser.clamp_min(1e-6);
    } else {
      low = at::avg_pool2d(difference, 2);
    }
    const at::Tensor grown = at::upsample_bilinear2d(low, {difference.size(2), difference.size(3)}, false);
    sum = sum + WeightedMean((difference - grown).abs(), weight);
    difference = low;
    weight = coarser;
  }
  return sum;
}

at::Tensor Luma(const at::Tensor& planes) {
  return planes.narrow(1, 0, 1);
}

// The mean around each pixel; at the border of what there is.
at::Tensor BoxMean(const at::Tensor& values) {
  constexpr std::int64_t kSide_px = 17, kReach_px = kSide_px / 2;
  const at::Tensor down = at::avg_pool2d(values, {kSide_px, 1}, {1, 1}, {kReach_px, 0}, false, false);
  return at::avg_pool2d(down, {1, kSide_px}, {1, 1}, {0, kReach_px}, false, false);
}

at::Tensor OfPatch(const SpatialLoss& loss, const at::Tensor& output, const at::Tensor& truth,
                   const at::Tensor& weight) {
  const at::Tensor difference = output - truth;
  at::Tensor sum = WeightedMean(difference.abs(), weight) +
                   0.15 * (1 - MultiScaleSsim(Luma(output), Luma(truth), weight)) +
                   0.3 * PyramidLoss(difference, weight);
  if (loss.grain_weight > 0) sum = sum + loss.grain_weight * GrainDistance(Luma(output), Luma(truth), weight);
  return sum;
}

}  // namespace

at::Tensor NearestTruth(const at::Tensor& output, const at::Tensor& truth, const at::Tensor& weight, int reach_px) {
  const at::NoGradGuard no_gradients;
  const at::Tensor padded = at::replication_pad2d(truth, {reach_px, reach_px, reach_px, reach_px});
  const auto miss_of = [&](const at::Tensor& moved) {
    const at::Tensor miss = (Luma(output) - Luma(moved)).abs();
    return BoxMean(weight.defined() ? miss * weight : miss);
  };
  at::Tensor best = truth, least = miss_of(truth);
  for (int dy = 0; dy <= 2 * reach_px; ++dy) {
    for (int dx = 0; dx <= 2 * reach_px; ++dx) {
      const at::Tensor moved = padded.narrow(2, dy, truth.size(2)).narrow(3, dx, truth.size(3));
      const at::Tensor miss = miss_of(moved);
      best = at::where(miss < least, moved, best);
      least = at::minimum(least, miss);
    }
  }
  return best;
}

at::Tensor Evaluate(const SpatialLoss& loss, const at::Tensor& output, const at::Tensor& truth,
                    const at::Tensor& weight) {
  const at::Tensor near = loss.tolerance_px == 0 ? truth : NearestTruth(output, truth, weight, loss.tolerance_px);
  if (loss.objective == SpatialObjective::kPlainL1) return WeightedMean((output - near).abs(), weight);
  at::Tensor sum = at::zeros({}, output.options()), trust = at::zeros({}, output.options());
  for (std::int64_t n = 0; n < output.size(0); ++n) {
    const auto patch = [&](const at::Tensor& planes) { return planes.defined() ? planes.narrow(0, n, 1) : planes; };
    const at::Tensor own = weight.defined() ? weight[n].sum() : at::ones({}, output.options());
    sum = sum + own * OfPatch(loss, patch(output), patch(near), patch(weight));
    trust = trust + own;
  }
  return sum / trust.clamp_min(1e-6);
}

}  // namespace interneg::training
