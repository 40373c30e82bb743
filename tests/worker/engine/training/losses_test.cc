#include "worker/engine/training/losses_torch.h"

#include <gtest/gtest.h>

namespace interneg::training {
namespace {

double Value(const at::Tensor& loss) {
  return loss.item<double>();
}

TEST(ChromaLoss, IsSmallestForTheTruth) {
  const at::Tensor truth = at::rand({2, 2, 24, 24});
  EXPECT_NEAR(Value(Evaluate({}, truth, truth, {})), 1e-3, 1e-6);
  EXPECT_GT(Value(Evaluate({}, truth + 0.1, truth, {})), 0.09);
}

TEST(ChromaLoss, PixelsWithoutConfidenceDoNotCount) {
  const at::Tensor truth = at::rand({1, 2, 16, 16});
  at::Tensor output = truth.clone(), weight = at::ones({1, 1, 16, 16});
  output.narrow(3, 0, 4).add_(5.0);
  weight.narrow(3, 0, 4).zero_();
  EXPECT_NEAR(Value(Evaluate({}, output, truth, weight)), 1e-3, 1e-6);
  EXPECT_TRUE(at::isfinite(Evaluate({}, output, truth, at::zeros({1, 1, 16, 16}))).item<bool>());
}

TEST(ChromaLoss, AsSoftAsTheReferenceFineDetailIsFree) {
  const at::Tensor truth = at::zeros({1, 2, 32, 32});
  const at::Tensor checks = (at::arange(32).view({1, -1}) + at::arange(32).view({-1, 1})).remainder(2) * 2 - 1;
  const at::Tensor output = truth + 0.1 * checks.to(at::kFloat);
  EXPECT_GT(Value(Evaluate({{}, 0}, output, truth, {})), 0.09);
  EXPECT_LT(Value(Evaluate({{1, 1}, 0}, output, truth, {})), 0.01);
}

TEST(ChromaLoss, ToleratesADisplacementOfOnePixel) {
  const at::Tensor truth = at::rand({1, 2, 32, 32});
  const at::Tensor moved = at::roll(truth, {1, -1}, {2, 3});
  EXPECT_GT(Value(Evaluate({{}, 0}, moved, truth, {})), 0.2);
  EXPECT_LT(Value(Evaluate({{}, 1}, moved, truth, {}).detach()), 0.05);
}

TEST(MultiScaleSsim, IsOneForEqualPicturesAndFallsWithBlur) {
  const at::Tensor truth = at::rand({1, 1, 64, 64});
  EXPECT_NEAR(Value(MultiScaleSsim(truth, truth)), 1.0, 1e-5);
  const at::Tensor blurred = at::avg_pool2d(at::replication_pad2d(truth, {1, 1, 1, 1}), 3, 1);
  EXPECT_LT(Value(MultiScaleSsim(blurred, truth)), 0.9);
  EXPECT_NEAR(Value(MultiScaleSsim(at::rand({1, 1, 8, 8}), at::rand({1, 1, 8, 8}))), 1.0, 1e-6);  // too small to tell
}

TEST(SpatialLoss, HasFiniteGradients) {
  const at::Tensor truth = at::rand({1, 1, 48, 40});
  const at::Tensor output = at::rand({1, 1, 48, 40}).set_requires_grad(true);
  SpatialLoss(output, truth, at::rand({1, 1, 48, 40})).backward();
  EXPECT_TRUE(at::isfinite(output.grad()).all().item<bool>());
}

}  // namespace
}  // namespace interneg::training
