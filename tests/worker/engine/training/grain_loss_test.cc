#include "worker/engine/training/grain_loss_torch.h"

#include <cmath>

#include <gtest/gtest.h>

#include <torch/torch.h>

namespace interneg::training {
namespace {

constexpr std::int64_t kSide = 160;

double Value(const at::Tensor& loss) {
  return loss.item<double>();
}

at::Tensor Grain(double sigma) {
  return at::randn({1, 1, kSide, kSide}) * sigma;
}

at::Tensor Grey() {
  return at::full({1, 1, kSide, kSide}, 0.5);
}

class GrainDistanceTest : public ::testing::Test {
 protected:
  void SetUp() override { torch::manual_seed(3); }
};

TEST_F(GrainDistanceTest, IsZeroForTheTruthAndSmallForGrainOfTheSameKind) {
  const at::Tensor truth = Grey() + Grain(0.02);
  EXPECT_EQ(Value(GrainDistance(truth, truth, {})), 0.0);
  EXPECT_LT(Value(GrainDistance(Grey() + Grain(0.02), truth, {})), 0.1 * 0.02);
}

// White grain of σ has the amplitude σ in every band, but for the means and slopes that are taken out, so half of it
// misses by half of σ.
TEST_F(GrainDistanceTest, IsTheMissingAmplitude) {
  const at::Tensor truth = Grey() + Grain(0.02);
  EXPECT_NEAR(Value(GrainDistance(Grey() + Grain(0.01), truth, {})), 0.5 * 0.02, 0.15 * 0.02);
  EXPECT_NEAR(Value(GrainDistance(Grey(), truth, {})), 0.02, 0.15 * 0.02);
}

TEST_F(GrainDistanceTest, TellsGrainOfAnotherSizeWithTheSamePower) {
  const at::Tensor soft = at::avg_pool2d(Grain(0.06), 3, 1, 1);
  EXPECT_GT(Value(GrainDistance(Grey() + soft, Grey() + Grain(0.02), {})), 0.3 * 0.02);
}

TEST_F(GrainDistanceTest, LooksAtFlatPlacesOnly) {
  const at::Tensor truth = Grey() + Grain(0.02);
  at::Tensor structured = truth.clone(), other = truth.clone();
  const at::Tensor x = at::arange(kSide).view({1, 1, 1, -1}), y = at::arange(96).view({1, 1, -1, 1});
  const at::Tensor waves = 0.3 * at::sin((x + y) * 0.15);
  structured.narrow(2, 0, 96).add_(waves);  // what lies below is flat, and more than a fifth
  other.narrow(2, 0, 96).add_(2 * waves);
  EXPECT_NEAR(Value(GrainDistance(other, structured, {})), 0.0, 1e-6);
}

TEST_F(GrainDistanceTest, PlacesWithoutConfidenceOrLevelDoNotCount) {
  const at::Tensor truth = Grey() + Grain(0.02);
  EXPECT_EQ(Value(GrainDistance(Grey(), truth, at::zeros({1, 1, kSide, kSide}))), 0.0);
  EXPECT_EQ(Value(GrainDistance(Grey() + 0.5, truth + 0.5, {})), 0.0);
  EXPECT_EQ(Value(GrainDistance(at::rand({1, 1, 24, 24}), at::rand({1, 1, 24, 24}), {})), 0.0);  // smaller than a block
}

// Of a patch of nine blocks four count. A slanting scratch that the confidence leaves out crosses six of them.
TEST_F(GrainDistanceTest, WhatIsNotTrustedInABlockIsNoGrain) {
  constexpr std::int64_t kPatch = 64;
  const auto patch = [](const at::Tensor& planes) {
    return planes.narrow(2, 0, kPatch).narrow(3, 0, kPatch).contiguous();
  };
  const at::Tensor output = patch(Grey() + Grain(0.02)), truth = patch(Grey() + Grain(0.02));
  const at::Tensor weight = at::ones_like(truth);
  for (std::int64_t y = 0; y < kPatch; ++y) {
    truth[0][0][y].narrow(0, 34 + y * 12 / kPatch, 2).add_(0.4);
    weight[0][0][y].narrow(0, 34 + y * 12 / kPatch, 2).zero_();
  }
  EXPECT_GT(Value(GrainDistance(output, truth, {})), 0.5 * 0.02);
  EXPECT_LT(Value(GrainDistance(output, truth, weight)), 0.2 * 0.02);
  EXPECT_GT(Value(GrainDistance(patch(Grey()), truth, weight)), 0.8 * 0.02);  // the other blocks do count
}

TEST_F(GrainDistanceTest, ItsGradientIsFiniteWhereThereIsNoGrainAtAll) {
  const at::Tensor truth = Grey() + Grain(0.02);
  const at::Tensor output = Grey().set_requires_grad(true);
  GrainDistance(output, truth, {}).backward();
  EXPECT_TRUE(at::isfinite(output.grad()).all().item<bool>());
}

// Descending it alone turns grain of half the amplitude into grain of the whole one.
TEST_F(GrainDistanceTest, DescendingItGivesTheTruthsAmplitude) {
  const at::Tensor truth = Grey() + Grain(0.02), source = Grain(0.01);
  const at::Tensor gain = at::ones({1}).set_requires_grad(true);
  torch::optim::Adam optimizer({gain}, torch::optim::AdamOptions(0.1));
  for (int i = 0; i < 50; ++i) {
    optimizer.zero_grad();
    GrainDistance(Grey() + gain * source, truth, {}).backward();
    optimizer.step();
  }
  EXPECT_NEAR(gain.item<double>(), 2.0, 0.15);
}

}  // namespace
}  // namespace interneg::training
