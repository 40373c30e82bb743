#include "worker/engine/inference/detail_strengths.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace interneg::inference {
namespace {

constexpr image::Size kSize{120, 90};
constexpr std::size_t kPixels = 120 * 90;
constexpr image::Rectangle kWhole{0, 0, kSize};

// A step in the left half, a flat right half; faint grain everywhere.
std::vector<float> Source() {
  std::mt19937 random(9);
  std::normal_distribution<float> grain(0.0F, 0.004F);
  std::vector<float> out(kPixels);
  for (std::size_t i = 0; i < kPixels; ++i) out[i] = (i % 120 < 30 ? 0.3F : 0.6F) + grain(random);
  return out;
}

std::vector<float> WithChange(const std::vector<float>& source, unsigned seed, float sigma) {
  std::mt19937 random(seed);
  std::normal_distribution<float> change(0.0F, sigma);
  auto out = source;
  for (float& v : out) v += change(random);
  return out;
}

// RMS of a − b over columns [first, last).
double Distance(const std::vector<float>& a, const std::vector<float>& b, std::size_t first = 0, std::size_t last = 120) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < kPixels; ++i) {
    if (i % 120 < first || i % 120 >= last) continue;
    sum += std::pow(double{a[i]} - b[i], 2);
    ++count;
  }
  return std::sqrt(sum / static_cast<double>(count));
}

TEST(DetailStrengths, OfOneAreThePredictionBitForBit) {
  const auto source = Source(), predicted = WithChange(source, 1, 0.02F);
  EXPECT_EQ(WithStrengths(source, predicted, kSize, kWhole, {}), predicted);
}

TEST(DetailStrengths, OfNoneAreTheSourceBitForBit) {
  auto source = Source();
  source[5] = 3.5F;  // values above 1 too
  EXPECT_EQ(WithStrengths(source, WithChange(source, 1, 0.02F), kSize, kWhole, {0, 0, 0, 0}), source);
}

TEST(DetailStrengths, OfOneKindAllAlikeAreABlend) {
  const auto source = Source(), predicted = WithChange(source, 1, 0.02F);
  const auto half = WithStrengths(source, predicted, kSize, kWhole, {0.5, 0.5, 0.5, 0.5});
  for (std::size_t i = 0; i < kPixels; ++i) EXPECT_NEAR(half[i], 0.5F * (source[i] + predicted[i]), 1e-6);
}

TEST(DetailStrengths, TakeSlowAndFastChangesApart) {
  const auto source = Source();
  for (const double period : {3.0, 9.0, 60.0}) {
    auto predicted = source;
    for (std::size_t i = 0; i < kPixels; ++i)
      predicted[i] += static_cast<float>(0.05 * std::sin(2 * M_PI * static_cast<double>(i % 120) / period));
    const double whole = Distance(predicted, source);
    const auto left = [&](DetailStrengths strengths) {
      return Distance(WithStrengths(source, predicted, kSize, kWhole, strengths), source) / whole;
    };
    const double fine = left({1, 0, 0, 1}), middle = left({0, 1, 0, 0}), coarse = left({0, 0, 1, 0});
    EXPECT_EQ(fine > middle && fine > coarse, period == 3.0) << period;
    EXPECT_EQ(middle > fine && middle > coarse, period == 9.0) << period;
    EXPECT_EQ(coarse > fine && coarse > middle, period == 60.0) << period;
  }
}

TEST(DetailStrengths, GrainIsWhatIsFineWithoutStructure) {
  const auto source = Source(), predicted = WithChange(source, 1, 0.02F);
  const auto grain = WithStrengths(source, predicted, kSize, kWhole, {0, 0, 0, 1});
  const auto detail = WithStrengths(source, predicted, kSize, kWhole, {1, 0, 0, 0});
  EXPECT_GT(Distance(grain, source, 60), 4 * Distance(detail, source, 60));           // flat
  EXPECT_GT(Distance(detail, source, 28, 32), 4 * Distance(grain, source, 28, 32));  // the step
}

// How far grain strengths 0 and 1 lie apart, of what was predicted in the flat lower right part.
double ReachOfGrain(const std::vector<float>& source, const image::Rectangle& recovered) {
  const auto predicted = WithChange(source, 1, 0.02F);
  const auto none = WithStrengths(source, predicted, kSize, recovered, {1, 1, 1, 0});
  double taken = 0, all = 0;
  for (std::size_t i = 66 * 120; i < kPixels; ++i) {
    if (i % 120 < 60) continue;
    taken += std::pow(double{none[i]} - predicted[i], 2);
    all += std::pow(double{source[i]} - predicted[i], 2);
  }
  return std::sqrt(taken / all);
}

// Bars have no grain, and would be the flattest fifth.
TEST(DetailStrengths, GrainIsGrainBesideBarsMattesAndClippedLights) {
  const double plain = ReachOfGrain(Source(), kWhole);
  ASSERT_GT(plain, 0.5);
  for (const float level : {0.0F, 0.5F, 1.0F}) {
    auto barred = Source();
    std::fill_n(barred.begin(), 48 * 120, level);
    EXPECT_NEAR(ReachOfGrain(barred, kWhole), plain, 0.05) << level;
  }
}

// Bars of a coded picture are not quite constant, and not always black.
TEST(DetailStrengths, WhatLiesAroundTheRecoveredAreaDoesNotSayWhatIsFlat) {
  auto barred = Source();
  for (std::size_t i = 0; i < kPixels; ++i) {
    if (i % 120 < 45) barred[i] = 0.1F + 1e-5F * static_cast<float>(i % 7);
  }
  EXPECT_LT(ReachOfGrain(barred, kWhole), 0.1);
  EXPECT_NEAR(ReachOfGrain(barred, {50, 0, {70, 90}}), ReachOfGrain(Source(), {50, 0, {70, 90}}), 0.05);
}

TEST(DetailStrengths, OutsideTheirRangeAreRefusedByName) {
  for (const double wrong : {-0.1, 4.1, std::nan("")}) {
    try {
      RequireStrengths({1, wrong, 1, 1});
      FAIL() << wrong;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find("middle"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace interneg::inference
