#include "worker/engine/dataset/random.h"

#include <gtest/gtest.h>

namespace interneg::dataset {
namespace {

TEST(Random, ContinuesFromItsWrittenState) {
  Random random(7);
  for (int i = 0; i < 100; ++i) random.Next();
  Random again(random.state());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.Next(), again.Next());
}

TEST(Random, StaysWithinItsRanges) {
  Random random(1);
  for (int i = 0; i < 10000; ++i) {
    const double u = random.Uniform(-2, 3);
    EXPECT_GE(u, -2);
    EXPECT_LT(u, 3);
    const int k = random.Index(3);
    EXPECT_TRUE(k >= 0 && k < 3);
  }
}

TEST(Random, DiffersBetweenSeeds) {
  EXPECT_NE(Random(1).Next(), Random(2).Next());
}

}  // namespace
}  // namespace interneg::dataset
