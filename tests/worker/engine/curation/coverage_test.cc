#include "worker/engine/curation/coverage.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "tests/worker/engine/curation/drawn_shots.h"

namespace interneg::curation {
namespace {

// Frames 0–29 show one shot, 30–39 another.
const std::vector<Candidate>& TwoShots() {
  static const std::vector<Candidate> candidates = [] {
    std::vector<image::Image> pictures;
    for (int i = 0; i < 40; ++i) pictures.push_back(i < 30 ? DrawShot(1, i) : DrawShot(2, i));
    return CandidatesOf(pictures);
  }();
  return candidates;
}

Coverage Measured() {
  return {TwoShots(), std::vector<bool>(40, true), {}, 4};
}

TEST(Coverage, IsHighestWhereTheChosenMixtureIsTheShots) {
  const auto coverage = Measured();
  const auto value = [&](std::vector<std::size_t> chosen) { return coverage.Value(chosen, chosen.size()); };
  EXPECT_GT(value({3, 12, 22, 35}), value({3, 12, 22, 28}));
  EXPECT_GT(value({3, 12, 22, 35}), value({12, 32, 35, 38}));
  EXPECT_GT(value({3, 12, 22, 35}), value({1, 2, 3, 4}));
}

TEST(Coverage, WhatHasBeenShownAddsLess) {
  const auto coverage = Measured();
  const auto gain = [&](std::vector<std::size_t> chosen, std::size_t more) {
    const double before = coverage.Value(chosen, 4);
    chosen.push_back(more);
    return coverage.Value(chosen, 4) - before;
  };
  EXPECT_GT(gain({3}, 35), gain({3, 33}, 35));
  EXPECT_GT(gain({3}, 12), gain({3, 10, 11}, 12));
  EXPECT_GT(gain({3, 10, 11}, 12), 0.0);
}

TEST(Coverage, AddsTheFrameThatShowsWhatIsLackingAndTheLowestOfEquals) {
  const auto coverage = Measured();
  const std::vector<std::size_t> chosen = {3, 12, 22}, allowed = {4, 13, 35, 23};
  EXPECT_EQ(coverage.BestAddition(chosen, allowed, 4), 35U);
  std::vector<Candidate> same(5, TwoShots()[0]);
  CoverageWeights weights;
  weights.time = 0;
  const Coverage alike(same, std::vector<bool>(5, true), weights, 2);
  const std::vector<std::size_t> all = {1, 2, 3};
  EXPECT_EQ(alike.BestAddition({}, all, 2), 1U);
  EXPECT_THROW(alike.BestAddition({}, {}, 2), std::invalid_argument);
}

TEST(Coverage, FramesThatAreNotRenderedCountForNothing) {
  std::vector<bool> only_first(40, false);
  for (std::size_t i = 0; i < 30; ++i) only_first[i] = true;
  CoverageWeights weights;
  weights.time = 0;
  const Coverage coverage(TwoShots(), only_first, weights, 4);
  const std::vector<std::size_t> within = {3, 15}, beyond = {3, 35};
  EXPECT_GT(coverage.Value(within, 2), coverage.Value(beyond, 2));
  EXPECT_THROW(Coverage(TwoShots(), {true}, weights, 4), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::curation
