#include "worker/engine/training/schedule.h"

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
