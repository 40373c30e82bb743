#include <algorithm>
#include <array>
#include <cstdint>

#include "worker/engine/training/structural_similarity_torch.h"

namespace interneg::training {
namespace {

constexpr double kLeastWeight = 1e-6;

at::Tensor GaussianWindow(const at::TensorOptions& options) {
  const at::Tensor x = at::arange(-5, 6, options);
  const at::Tensor g = at::exp(-x.square() / (2 * 1.5 * 1.5));
  return g / g.sum();
}

at::Tensor Windowed(const at::Tensor& x, const at::Tensor& window) {
  return at::conv2d(at::conv2d(x, window.view({1, 1, 11, 1})), window.view({1, 1, 1, 11}));
}

struct Scale {
  at::Tensor a;
  at::Tensor b;
  at::Tensor weight;  // undefined: 1 everywhere
};

struct Similarity {
  at::Tensor luminance;
  at::Tensor structure;
};

// The window's means of what is trusted.
class LocalMeans {
 public:
  LocalMeans(const at::Tensor& weight, const at::Tensor& window) : weight_(weight), window_(window) {
    if (weight.defined()) reach_ = Windowed(weight, window);
  }

  at::Tensor Of(const at::Tensor& x) const {
    if (!weight_.defined()) return Windowed(x, window_);
    return Windowed(x * weight_, window_) / reach_.clamp_min(kLeastWeight);
  }

  // Over the picture. Where nothing is trusted nothing is unlike.
  at::Tensor Mean(const at::Tensor& map) const {
    if (!weight_.defined()) return map.mean();
    return ((map * reach_).sum() + kLeastWeight) / (reach_.sum() + kLeastWeight);
  }

 private:
  const at::Tensor& weight_;
  const at::Tensor& window_;
  at::Tensor reach_;
};

Similarity PartsOf(const Scale& scale, const at::Tensor& window) {
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const LocalMeans local(scale.weight, window);
  const at::Tensor ma = local.Of(scale.a), mb = local.Of(scale.b);
  const at::Tensor va = local.Of(scale.a * scale.a) - ma * ma, vb = local.Of(scale.b * scale.b) - mb * mb;
  const at::Tensor cov = local.Of(scale.a * scale.b) - ma * mb;
  return {local.Mean((2 * ma * mb + kC1) / (ma * ma + mb * mb + kC1)), local.Mean((2 * cov + kC2) / (va + vb + kC2))};
}

Scale Halved(const Scale& scale) {
  if (!scale.weight.defined()) return {at::avg_pool2d(scale.a, 2), at::avg_pool2d(scale.b, 2), {}};
  const at::Tensor weight = at::avg_pool2d(scale.weight, 2);
  const auto halved = [&](const at::Tensor& x) {
    return at::avg_pool2d(x * scale.weight, 2) / weight.clamp_min(kLeastWeight);
  };
  return {halved(scale.a), halved(scale.b), weight};
}

}  // namespace

at::Tensor MultiScaleSsim(const at::Tensor& a, const at::Tensor& b, const at::Tensor& weight) {
  constexpr std::array kWeights = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  const at::Tensor window = GaussianWindow(a.options());
  int scales = 0;
  double total = 0;
  for (std::int64_t side = std::min(a.size(2), a.size(3)); scales < 5 && side >= 11; side /= 2)
    total += kWeights[scales++];
  at::Tensor product = at::ones({}, a.options());
  Scale scale{a, b, weight};
  for (int i = 0; i < scales; ++i) {
    const Similarity parts = PartsOf(scale, window);
    // Negative structure has no real power; it only occurs far from any solution.
    product = product * parts.structure.clamp_min(1e-4).pow(kWeights[i] / total);
    if (i + 1 == scales) return product * parts.luminance.clamp_min(1e-4).pow(kWeights[i] / total);
    scale = Halved(scale);
  }
  return product;
}

}  // namespace interneg::training
