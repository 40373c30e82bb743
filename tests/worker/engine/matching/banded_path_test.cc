#include "worker/engine/matching/banded_path.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

// Cost 0 at the given column of each row (20 where there is none) and 20 elsewhere.
Band BandOf(const std::vector<int>& columns, int width) {
  Band band{static_cast<int>(columns.size()), width, width, std::vector<int>(columns.size(), 0), {}};
  for (const int column : columns) {
    for (int k = 0; k < width; ++k) band.cost.push_back(k == column ? 0.0F : 20.0F);
  }
  return band;
}

PathCosts Costs(int rows) {
  PathCosts costs;
  costs.alone.assign(static_cast<std::size_t>(rows), 10.0F);
  return costs;
}

TEST(CheapestPath, FollowsRepeatsSkipsAndJumps) {
  const std::vector<int> truth{0, 1, 1, 2, 4, 5, 16, 17, 18};
  EXPECT_EQ(CheapestPath(BandOf(truth, 20), Costs(9)), truth);
}

TEST(CheapestPath, LeavesRowsAloneThatFitNothing) {
  const std::vector<int> truth{3, 4, 5, -1, -1, 8, 9};
  EXPECT_EQ(CheapestPath(BandOf(truth, 12), Costs(7)), truth);
}

TEST(CheapestPath, NeverRunsBackwards) {
  const auto path = CheapestPath(BandOf({8, 9, 10, 2, 3, 11, 12}, 14), Costs(7));
  for (std::size_t i = 1, last = 0; i < path.size(); ++i) {
    if (path[i] < 0) continue;
    EXPECT_GE(path[i], path[last]);
    last = i;
  }
  EXPECT_EQ(path[5], 11);
}

TEST(CheapestPath, WorksInABandThatMovesWithIt) {
  Band band{40, 100, 7, {}, {}};
  for (int i = 0; i < 40; ++i) {
    band.first.push_back(std::min(2 * i, 93));
    for (int k = 0; k < 7; ++k) band.cost.push_back(band.first.back() + k == 2 * i + 3 ? 0.0F : 9.0F);
  }
  const auto path = CheapestPath(band, Costs(40));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(path[static_cast<std::size_t>(i)], 2 * i + 3);
}

// Two rows, three columns, worked by hand: weights exp(−cost) of the nine paths, normalised.
TEST(Posteriors, AreTheNormalisedWeightsOfAllPaths) {
  Band band{2, 3, 3, {0, 0}, {0.1F, 0.5F, 1.0F, 0.7F, 0.2F, 0.9F}};
  const PathCosts costs = Costs(2);
  const auto p = Posteriors(band, costs, 0, 2);
  double sum = 0, first_is_0 = 0;
  for (int a = 0; a < 3; ++a) {
    for (int b = a; b < 3; ++b) {
      const double weight = std::exp(-static_cast<double>(band.at(0, a)) - costs.step[static_cast<std::size_t>(b - a)] - band.at(1, b));
      sum += weight;
      if (a == 0) first_is_0 += weight;
    }
  }
  EXPECT_NEAR(p[0], first_is_0 / sum, 1e-5);
  EXPECT_NEAR(p[0] + p[1] + p[2], 1.0, 1e-5);
  EXPECT_NEAR(p[3] + p[4] + p[5], 1.0, 1e-5);
}

}  // namespace
}  // namespace interneg::matching
