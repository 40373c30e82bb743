#include <gtest/gtest.h>

#include "worker/engine/training/losses_torch.h"

namespace interneg::training {
namespace {

double Value(const at::Tensor& loss) {
  return loss.item<double>();
}

at::Tensor Blurred(const at::Tensor& x) {
  return at::avg_pool2d(at::replication_pad2d(x, {1, 1, 1, 1}), 3, 1);
}

TEST(SpatialLoss, IsSmallestForTheTruth) {
  const at::Tensor truth = at::rand({2, 1, 64, 64});
  EXPECT_NEAR(Value(Evaluate(SpatialLoss{}, truth, truth, {})), 0.0, 1e-5);
  EXPECT_GT(Value(Evaluate(SpatialLoss{}, Blurred(truth), truth, {})), 0.2);
}

TEST(SpatialLoss, PixelsWithoutConfidenceChangeNoTerm) {
  const at::Tensor truth = at::rand({1, 1, 96, 96});
  const at::Tensor output = at::lerp(truth, at::rand({1, 1, 96, 96}), 0.2);
  at::Tensor weight = at::ones({1, 1, 96, 96});
  weight.narrow(3, 32, 16).zero_();
  at::Tensor ruined = output.clone();
  ruined.narrow(3, 32, 16).add_(3.0);
  at::Tensor ruined_truth = truth.clone();
  ruined_truth.narrow(3, 32, 16).sub_(2.0);
  const double expected = Value(Evaluate(SpatialLoss{}, output, truth, weight));
  EXPECT_NEAR(Value(Evaluate(SpatialLoss{}, ruined, truth, weight)), expected, 1e-5);
  EXPECT_NEAR(Value(Evaluate(SpatialLoss{}, output, ruined_truth, weight)), expected, 1e-5);
}

// What lets processes compute a share of a batch each.
TEST(SpatialLoss, OfABatchIsTheMeanOfItsPatchesByTheirConfidence) {
  const at::Tensor truth = at::rand({3, 1, 96, 96});
  const at::Tensor output = at::lerp(truth, at::rand({3, 1, 96, 96}), 0.3);
  const at::Tensor weight = at::rand({3, 1, 96, 96}) * at::tensor({1.0F, 0.2F, 0.6F}).view({3, 1, 1, 1});
  double sum = 0, trust = 0;
  for (int n = 0; n < 3; ++n) {
    const double own = Value(weight[n].sum());
    sum += own * Value(Evaluate(SpatialLoss{}, output.narrow(0, n, 1), truth.narrow(0, n, 1), weight.narrow(0, n, 1)));
    trust += own;
  }
  EXPECT_NEAR(Value(Evaluate(SpatialLoss{}, output, truth, weight)), sum / trust, 1e-5);
}

TEST(SpatialLoss, WithoutAnyConfidenceTeachesNothing) {
  const at::Tensor output = at::rand({1, 1, 64, 64}).set_requires_grad(true);
  Evaluate(SpatialLoss{}, output, at::rand({1, 1, 64, 64}), at::zeros({1, 1, 64, 64})).backward();
  EXPECT_NEAR(output.grad().abs().max().item<double>(), 0.0, 1e-9);
}

TEST(SpatialLoss, PlainL1IsTheMeanMiss) {
  const at::Tensor truth = at::rand({1, 3, 40, 40});
  EXPECT_NEAR(Value(Evaluate(SpatialLoss{SpatialObjective::kPlainL1, 1.0, 0}, truth + 0.25, truth, {})), 0.25, 1e-6);
}

TEST(SpatialLoss, OfACombinedRecoveryCountsAllPlanes) {
  const at::Tensor truth = at::rand({1, 3, 64, 64});
  at::Tensor output = truth.clone();
  output.narrow(1, 2, 1).add_(0.3);
  EXPECT_NEAR(Value(Evaluate(SpatialLoss{}, output, truth, {})), 0.1, 1e-4);  // L1 alone: chroma has no structure term
}

TEST(SpatialLoss, HasFiniteGradients) {
  const at::Tensor truth = at::rand({1, 1, 48, 40});
  const at::Tensor output = at::rand({1, 1, 48, 40}).set_requires_grad(true);
  Evaluate(SpatialLoss{SpatialObjective::kDetail, 1.0, 1}, output, truth, at::rand({1, 1, 48, 40})).backward();
  EXPECT_TRUE(at::isfinite(output.grad()).all().item<bool>());
}

TEST(SpatialLoss, ForgivesADisplacedNeighbourhoodOnePixel) {
  const at::Tensor truth = at::rand({1, 1, 64, 64});
  at::Tensor output = truth.clone();
  output.narrow(3, 32, 32).copy_(at::roll(truth, {1, -1}, {2, 3}).narrow(3, 32, 32));
  const SpatialLoss strict{SpatialObjective::kPlainL1, 0.0, 0}, tolerant{SpatialObjective::kPlainL1, 0.0, 1};
  EXPECT_GT(Value(Evaluate(strict, output, truth, {})), 0.1);
  EXPECT_LT(Value(Evaluate(tolerant, output, truth, {})), 0.03);
}

TEST(SpatialLoss, ToleranceDoesNotForgiveBlur) {
  const at::Tensor truth = at::rand({1, 1, 64, 64});
  const SpatialLoss strict{SpatialObjective::kPlainL1, 0.0, 0}, tolerant{SpatialObjective::kPlainL1, 0.0, 1};
  const double blur = Value(Evaluate(strict, Blurred(truth), truth, {}));
  EXPECT_GT(Value(Evaluate(tolerant, Blurred(truth), truth, {})), 0.9 * blur);
}

}  // namespace
}  // namespace interneg::training
