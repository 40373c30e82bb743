#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "worker/engine/training/scoring_torch.h"

namespace interneg::training {
namespace {

double Chosen(const std::vector<ShareScore>& scores, double margin_db) {
  return ChosenOf(scores, margin_db).share;
}

TEST(ShareOfACorrection, IsTheBestAndOfEqualsTheLargest) {
  EXPECT_EQ(Chosen({{1, 30}, {.75, 31}, {.5, 30.5}, {.25, 30}, {0, 29}}, 0.0), .75);
  EXPECT_EQ(Chosen({{1, 30}, {.5, 30}, {0, 30}}, 0.0), 1.0);
}

TEST(ShareOfACorrection, IsTheSmallestThatComesNearTheBestWhereAMarginIsAsked) {
  EXPECT_EQ(Chosen({{1, 40.2}, {.75, 40.25}, {.5, 40.2}, {.25, 40.1}, {0, 40}}, 0.3), 0.0);
  EXPECT_EQ(Chosen({{1, 41}, {.75, 40.9}, {.5, 40.6}, {.25, 40.3}, {0, 40}}, 0.3), .75);
  EXPECT_EQ(Chosen({{1, 44}, {.75, 43}, {.5, 42}, {.25, 41}, {0, 40}}, 0.3), 1.0);
}

TEST(ShareOfACorrection, IsNoneWhoseOutputIsNotFinite) {
  const double none = std::nan("");
  EXPECT_EQ(Chosen({{1, none}, {.5, none}, {0, 20}}, 0.0), 0.0);
  EXPECT_EQ(Chosen({{1, none}, {.5, none}, {0, 20}}, 0.3), 0.0);
}

}  // namespace
}  // namespace interneg::training
