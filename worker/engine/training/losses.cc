#include "worker/engine/model/softness_torch.h"
#include "worker/engine/training/losses_torch.h"
#include "worker/engine/training/weighted_mean_torch.h"

namespace interneg::training {
namespace {

constexpr double kEpsilon = 1e-3;

at::Tensor Charbonnier(const at::Tensor& difference) {
  return at::sqrt(difference.square() + kEpsilon * kEpsilon);
}

at::Tensor NearestMatch(const at::Tensor& output, const at::Tensor& truth, int reach_px) {
  const at::Tensor padded = at::replication_pad2d(truth, {reach_px, reach_px, reach_px, reach_px});
  at::Tensor best;
  for (int dy = 0; dy <= 2 * reach_px; ++dy) {
    for (int dx = 0; dx <= 2 * reach_px; ++dx) {
      const at::Tensor moved = padded.narrow(2, dy, truth.size(2)).narrow(3, dx, truth.size(3));
      // Both planes move together, so the match is judged on their sum.
      const at::Tensor miss = Charbonnier(output - moved).mean(1, true);
      best = best.defined() ? at::minimum(best, miss) : miss;
    }
  }
  return best;
}

}  // namespace

at::Tensor Evaluate(const ChromaLoss& loss, const at::Tensor& output, const at::Tensor& truth,
                    const at::Tensor& weight) {
  const at::Tensor seen = model::Softened(output, loss.softness);
  const at::Tensor miss =
      loss.tolerance_px == 0 ? Charbonnier(seen - truth) : NearestMatch(seen, truth, loss.tolerance_px);
  return WeightedMean(miss, weight);
}

}  // namespace interneg::training
