#include "worker/engine/training/schedule.h"

#include <cmath>

#include <gtest/gtest.h>

namespace interneg::training {
namespace {

TEST(LearningRate, RisesThenFallsToAFiftieth) {
  EXPECT_NEAR(LearningRateAt(0, 1000, 1.0), 1.0 / 50, 1e-3);
  EXPECT_GT(LearningRateAt(60, 1000, 1.0), 0.95);
  for (int step = 60; step < 999; ++step)
    EXPECT_GE(LearningRateAt(step, 1000, 1.0), LearningRateAt(step + 1, 1000, 1.0));
  EXPECT_NEAR(LearningRateAt(1000, 1000, 1.0), 0.02, 1e-9);
}

TEST(Annealing, LeadsFromTheRateThatStoodToTheSameFiftieth) {
  const Annealing annealing{400, LearningRateAt(400, 1000, 1.0)};
  const std::int64_t steps = 400 + AnnealingSteps(1000);
  EXPECT_EQ(steps, 600);
  EXPECT_NEAR(AnnealedRateAt(annealing, 400, steps, 2.0), LearningRateAt(400, 1000, 2.0), 1e-12);
  for (std::int64_t step = 400; step < steps; ++step)
    EXPECT_GT(AnnealedRateAt(annealing, step, steps, 2.0), AnnealedRateAt(annealing, step + 1, steps, 2.0));
  EXPECT_NEAR(AnnealedRateAt(annealing, steps, steps, 2.0), LearningRateAt(1000, 1000, 2.0), 1e-12);
}

TEST(Annealing, ShortRunsHaveOneToo) {
  EXPECT_EQ(AnnealingSteps(3), 1);
  EXPECT_TRUE(std::isfinite(AnnealedRateAt({3, 0.5}, 3, 3, 1.0)));
}

TEST(WarmUp, IsATenthOfTheStepsAndFiftyAtMost) {
  EXPECT_FALSE(IsWarmedUp(9, 100));
  EXPECT_TRUE(IsWarmedUp(10, 100));
  EXPECT_FALSE(IsWarmedUp(49, 100000));
  EXPECT_TRUE(IsWarmedUp(50, 100000));
}

TEST(MultiResolution, SeesHalfTheSizeForTwoFifthsOfTheSteps) {
  EXPECT_EQ(FirstFullStep(MultiResolution::kHalfFirst, 1000), 400);
  EXPECT_EQ(FirstFullStep(MultiResolution::kHalfFirst, 3), 2);
  EXPECT_EQ(FirstFullStep(MultiResolution::kHalfFirst, 1), 1);
  EXPECT_EQ(FirstFullStep(MultiResolution::kOff, 1000), 0);
}

TEST(AverageDecay, ForgetsTheFirstStepsSoon) {
  EXPECT_LT(AverageDecayAt(0, 1000), 0.2);
  EXPECT_NEAR(AverageDecayAt(900, 1000), 0.95, 1e-9);
}

TEST(StepsFor, IsAtLeastOne) {
  using Seconds = std::chrono::duration<double>;
  EXPECT_EQ(StepsFor(Seconds(10), Seconds(0.1)), 100);
  EXPECT_EQ(StepsFor(Seconds(-1), Seconds(0.1)), 1);
  EXPECT_EQ(StepsFor(Seconds(1), Seconds(0)), 1);
}

}  // namespace
}  // namespace interneg::training
