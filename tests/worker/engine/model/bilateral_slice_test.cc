#include "worker/engine/model/bilateral_slice_torch.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace interneg::model {
namespace {

struct Problem {
  at::Tensor grid, z, weight;
  Guide guide;
};

Problem Draw(int n, int h, int w, int gh, int gw, int bins) {
  at::manual_seed(3);
  const auto leaf = [](at::IntArrayRef shape, double scale) {
    return (at::randn(shape) * scale).set_requires_grad(true);
  };
  return {
      leaf({n, gh, gw, bins * kSliceCoefficients}, 1.0),
      at::rand({n, kSliceInputs, h, w}),
      at::randn({n, 2, h, w}),
      {leaf({kGuideHidden, kSliceInputs}, 0.3), leaf({kGuideHidden}, 0.3), leaf({kGuideHidden}, 0.3), leaf({1}, 0.3)}};
}

std::vector<at::Tensor> Leaves(const Problem& p) {
  return {p.grid, p.guide.w1, p.guide.b1, p.guide.w2, p.guide.b2};
}

TEST(BilateralSlice, FusedKernelEqualsTheComposedForm) {
  for (const auto& [h, w, gh, gw, bins] : {std::array{16, 16, 4, 4, 8}, std::array{37, 71, 10, 18, 2},
                                           std::array{70, 33, 24, 16, 5}, std::array{1, 1, 1, 1, 3}}) {
    const Problem p = Draw(2, h, w, gh, gw, bins);
    const auto fused = BilateralSlice(p.grid, p.z, p.guide, 4);
    const auto composed = BilateralSliceComposed(p.grid, p.z, p.guide, 4);
    EXPECT_TRUE(at::allclose(fused, composed, 1e-4, 1e-4)) << (fused - composed).abs().max().item<float>();
    const auto a = torch::autograd::grad({(fused * p.weight).sum()}, Leaves(p));
    const auto b = torch::autograd::grad({(composed * p.weight).sum()}, Leaves(p));
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_TRUE(at::allclose(a[i], b[i], 2e-3, 2e-3))
          << "leaf " << i << " " << (a[i] - b[i]).abs().max().item<float>();
    }
  }
}

TEST(BilateralSlice, DoesNotDependOnTheNumberOfThreads) {
  const Problem p = Draw(3, 130, 90, 40, 24, 8);
  const auto run = [&](int threads) {
    at::set_num_threads(threads);
    const auto out = BilateralSlice(p.grid, p.z, p.guide, 4);
    auto results = torch::autograd::grad({(out * p.weight).sum()}, Leaves(p));
    results.push_back(out);
    return results;
  };
  const auto one = run(1), two = run(2);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(at::equal(one[i], two[i])) << i;
}

TEST(BilateralSlice, RefusesAGridThatDoesNotFit) {
  const Problem p = Draw(1, 8, 8, 2, 2, 4);
  EXPECT_THROW(BilateralSlice(p.grid, p.z.narrow(1, 0, 3), p.guide, 4), c10::Error);
}

}  // namespace
}  // namespace interneg::model
