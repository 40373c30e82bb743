#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "worker/engine/model/softness_torch.h"
#include "worker/engine/training/losses_torch.h"

namespace interneg::training {
namespace {

constexpr double kEpsilon = 1e-3;

at::Tensor WeightedMean(const at::Tensor& values, const at::Tensor& weight) {
  if (!weight.defined()) return values.mean();
  // A patch without any confidence teaches nothing, but must not divide by zero.
  return (values * weight).sum() / (weight.sum() * static_cast<double>(values.size(1))).clamp_min(1e-6);
}

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

at::Tensor GaussianWindow(const at::TensorOptions& options) {
  const at::Tensor x = at::arange(-5, 6, options);
  const at::Tensor g = at::exp(-x.square() / (2 * 1.5 * 1.5));
  return g / g.sum();
}

at::Tensor Windowed(const at::Tensor& x, const at::Tensor& window) {
  return at::conv2d(at::conv2d(x, window.view({1, 1, 11, 1})), window.view({1, 1, 1, 11}));
}

struct Similarity {
  at::Tensor luminance;
  at::Tensor structure;
};

Similarity SsimParts(const at::Tensor& a, const at::Tensor& b, const at::Tensor& window) {
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const at::Tensor ma = Windowed(a, window), mb = Windowed(b, window);
  const at::Tensor va = Windowed(a * a, window) - ma * ma, vb = Windowed(b * b, window) - mb * mb;
  const at::Tensor cov = Windowed(a * b, window) - ma * mb;
  return {((2 * ma * mb + kC1) / (ma * ma + mb * mb + kC1)).mean(), ((2 * cov + kC2) / (va + vb + kC2)).mean()};
}

at::Tensor PyramidLoss(at::Tensor difference, const at::Tensor& weight) {
  at::Tensor sum = at::zeros({}, difference.options());
  at::Tensor importance = weight;
  for (int band = 0; band < 3 && std::min(difference.size(2), difference.size(3)) >= 4; ++band) {
    const at::Tensor low = at::avg_pool2d(difference, 2);
    const at::Tensor grown = at::upsample_bilinear2d(low, {difference.size(2), difference.size(3)}, false);
    sum = sum + WeightedMean((difference - grown).abs(), importance);
    difference = low;
    if (importance.defined()) importance = at::avg_pool2d(importance, 2);
  }
  return sum;
}

}  // namespace

at::Tensor Evaluate(const ChromaLoss& loss, const at::Tensor& output, const at::Tensor& truth,
                    const at::Tensor& weight) {
  const at::Tensor seen = model::Softened(output, loss.softness);
  const at::Tensor miss =
      loss.tolerance_px == 0 ? Charbonnier(seen - truth) : NearestMatch(seen, truth, loss.tolerance_px);
  return WeightedMean(miss, weight);
}

at::Tensor MultiScaleSsim(const at::Tensor& a, const at::Tensor& b) {
  constexpr std::array kWeights = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  const at::Tensor window = GaussianWindow(a.options());
  int scales = 0;
  double total = 0;
  for (std::int64_t side = std::min(a.size(2), a.size(3)); scales < 5 && side >= 11; side /= 2)
    total += kWeights[scales++];
  if (scales == 0) return at::ones({}, a.options());
  at::Tensor x = a, y = b, product = at::ones({}, a.options());
  for (int scale = 0; scale < scales; ++scale) {
    const Similarity parts = SsimParts(x, y, window);
    // Negative structure has no real power; it only occurs far from any solution.
    product = product * parts.structure.clamp_min(1e-4).pow(kWeights[scale] / total);
    if (scale + 1 == scales) return product * parts.luminance.clamp_min(1e-4).pow(kWeights[scale] / total);
    x = at::avg_pool2d(x, 2);
    y = at::avg_pool2d(y, 2);
  }
  return product;
}

at::Tensor SpatialLoss(const at::Tensor& output, const at::Tensor& truth, const at::Tensor& weight) {
  const at::Tensor difference = output - truth;
  const at::Tensor similarity = MultiScaleSsim(output.narrow(1, 0, 1), truth.narrow(1, 0, 1));
  return WeightedMean(difference.abs(), weight) + 0.15 * (1 - similarity) + 0.3 * PyramidLoss(difference, weight);
}

}  // namespace interneg::training
