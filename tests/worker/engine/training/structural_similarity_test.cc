#include "worker/engine/training/structural_similarity_torch.h"

#include <gtest/gtest.h>

namespace interneg::training {
namespace {

double Value(const at::Tensor& loss) {
  return loss.item<double>();
}

TEST(MultiScaleSsim, IsOneForEqualPicturesAndFallsWithBlur) {
  const at::Tensor truth = at::rand({1, 1, 64, 64});
  EXPECT_NEAR(Value(MultiScaleSsim(truth, truth)), 1.0, 1e-5);
  const at::Tensor blurred = at::avg_pool2d(at::replication_pad2d(truth, {1, 1, 1, 1}), 3, 1);
  EXPECT_LT(Value(MultiScaleSsim(blurred, truth)), 0.9);
  EXPECT_NEAR(Value(MultiScaleSsim(at::rand({1, 1, 8, 8}), at::rand({1, 1, 8, 8}))), 1.0, 1e-6);  // too small to tell
}

TEST(MultiScaleSsim, WithTheSameConfidenceEverywhereIsWhatItIsWithout) {
  const at::Tensor a = at::rand({2, 1, 96, 80}), b = at::lerp(a, at::rand({2, 1, 96, 80}), 0.5);
  EXPECT_NEAR(Value(MultiScaleSsim(a, b, at::full({2, 1, 96, 80}, 0.5))), Value(MultiScaleSsim(a, b)), 1e-4);
}

TEST(MultiScaleSsim, PixelsWithoutConfidenceChangeNothing) {
  const at::Tensor truth = at::rand({1, 1, 96, 96});
  const at::Tensor output = at::lerp(truth, at::rand({1, 1, 96, 96}), 0.2);
  at::Tensor weight = at::ones({1, 1, 96, 96});
  weight.narrow(3, 30, 21).zero_();
  at::Tensor ruined = output.clone();
  ruined.narrow(3, 30, 21).add_(3.0);
  EXPECT_NEAR(Value(MultiScaleSsim(ruined, truth, weight)), Value(MultiScaleSsim(output, truth, weight)), 1e-5);
  EXPECT_LT(Value(MultiScaleSsim(ruined, truth)), 0.9 * Value(MultiScaleSsim(output, truth)));
}

TEST(MultiScaleSsim, WithoutAnyConfidenceNothingIsUnlike) {
  const at::Tensor none = at::zeros({1, 1, 64, 64});
  EXPECT_NEAR(Value(MultiScaleSsim(at::rand({1, 1, 64, 64}), at::rand({1, 1, 64, 64}), none)), 1.0, 1e-3);
}

}  // namespace
}  // namespace interneg::training
