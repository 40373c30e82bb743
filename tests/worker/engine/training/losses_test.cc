#include "worker/engine/training/losses_torch.h"

#include <gtest/gtest.h>

namespace interneg::training {
namespace {

double Value(const at::Tensor& loss) {
  return loss.item<double>();
}

TEST(ChromaLoss, IsSmallestForTheTruth) {
  const at::Tensor truth = at::rand({2, 2, 24, 24});
  EXPECT_NEAR(Value(Evaluate(ChromaLoss{}, truth, truth, {})), 1e-3, 1e-6);
  EXPECT_GT(Value(Evaluate(ChromaLoss{}, truth + 0.1, truth, {})), 0.09);
}

TEST(ChromaLoss, PixelsWithoutConfidenceDoNotCount) {
  const at::Tensor truth = at::rand({1, 2, 16, 16});
  at::Tensor output = truth.clone(), weight = at::ones({1, 1, 16, 16});
  output.narrow(3, 0, 4).add_(5.0);
  weight.narrow(3, 0, 4).zero_();
  EXPECT_NEAR(Value(Evaluate(ChromaLoss{}, output, truth, weight)), 1e-3, 1e-6);
  EXPECT_TRUE(at::isfinite(Evaluate(ChromaLoss{}, output, truth, at::zeros({1, 1, 16, 16}))).item<bool>());
}

TEST(ChromaLoss, AsSoftAsTheReferenceFineDetailIsFree) {
  const at::Tensor truth = at::zeros({1, 2, 32, 32});
  const at::Tensor checks = (at::arange(32).view({1, -1}) + at::arange(32).view({-1, 1})).remainder(2) * 2 - 1;
  const at::Tensor output = truth + 0.1 * checks.to(at::kFloat);
  EXPECT_GT(Value(Evaluate(ChromaLoss{{}, 0}, output, truth, {})), 0.09);
  EXPECT_LT(Value(Evaluate(ChromaLoss{{1, 1}, 0}, output, truth, {})), 0.01);
}

TEST(ChromaLoss, ToleratesADisplacementOfOnePixel) {
  const at::Tensor truth = at::rand({1, 2, 32, 32});
  const at::Tensor moved = at::roll(truth, {1, -1}, {2, 3});
  EXPECT_GT(Value(Evaluate(ChromaLoss{{}, 0}, moved, truth, {})), 0.2);
  EXPECT_LT(Value(Evaluate(ChromaLoss{{}, 1}, moved, truth, {}).detach()), 0.05);
}

}  // namespace
}  // namespace interneg::training
