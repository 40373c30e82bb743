#include "worker/engine/dataset/difficulty.h"

#include <limits>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace interneg::dataset {
namespace {

constexpr image::Size kFrame{256, 128};  // 32 x 16 cells of 8 px

// How often each pair's left and right half are drawn, of 4000.
struct Halves {
  int left[2] = {0, 0};
  int right[2] = {0, 0};
};
Halves Drawn(const DifficultyMap& map, std::uint64_t seed) {
  Random random(seed);
  Halves halves;
  for (int i = 0; i < 4000; ++i) {
    const Spot spot = map.Draw(random);
    EXPECT_GE(spot.y_px, 0.0);
    EXPECT_LT(spot.y_px, 128.0);
    ++(spot.x_px < 128 ? halves.left : halves.right)[spot.pair];
  }
  return halves;
}

std::vector<SeenMiss> Everywhere(double left, double right) {
  std::vector<SeenMiss> seen;
  for (int pair = 0; pair < 2; ++pair) {
    for (double y = 3; y < 128; y += 8) {
      for (double x = 3; x < 256; x += 8) seen.push_back({pair, x, y, x < 128 ? left : right});
    }
  }
  return seen;
}

TEST(Difficulty, PlacesNotSeenYetAreDrawnAlike) {
  const Halves halves = Drawn(DifficultyMap(2, kFrame), 1);
  for (const int count : {halves.left[0], halves.left[1], halves.right[0], halves.right[1]}) {
    EXPECT_NEAR(count, 1000, 120);
  }
}

TEST(Difficulty, WhereMoreIsMissedIsDrawnMoreOften) {
  DifficultyMap map(2, kFrame);
  auto seen = Everywhere(0.1, 0.1);
  for (auto& s : seen) {
    if (s.pair == 1 && s.x_px > 128) s.miss = 0.2;  // fewer than half of the cells: the median is .1
  }
  map.Learn(seen);
  const Halves halves = Drawn(map, 2);
  EXPECT_NEAR(halves.right[1], 2 * halves.left[1], 300);
  EXPECT_NEAR(halves.right[0], halves.left[1], 150);
}

TEST(Difficulty, APlaceWhereNothingFitsIsDrawnFourTimesAsOftenAtMost) {
  DifficultyMap map(2, kFrame);
  map.Learn(Everywhere(0.1, 0.1));
  map.Learn(std::vector<SeenMiss>(1, {0, 12, 12, 1e6}));
  Random random(3);
  int hard = 0;
  constexpr int kDraws = 60000;
  for (int i = 0; i < kDraws; ++i) {
    const Spot spot = map.Draw(random);
    hard += spot.pair == 0 && spot.x_px == 11.5 && spot.y_px == 11.5 ? 1 : 0;
  }
  EXPECT_NEAR(hard, 4 * kDraws / 1024.0, 70);
}

// A reference that shows the right two fifths of the frame alone: what is missed elsewhere counts nothing.
TEST(Difficulty, PlacesThatAreNotTrustedSayNothingOfTheCommonOne) {
  image::Image confidence(kFrame, {"confidence"}, "");
  for (int i = 0; i < kFrame.width_px * kFrame.height_px; ++i) {
    confidence.plane(0)[static_cast<std::size_t>(i)] = i % kFrame.width_px < 152 ? 0.0F : 1.0F;
  }
  DifficultyMap map(2, kFrame);
  std::vector<SeenMiss> seen = Everywhere(0.1, 0.1);
  for (auto& s : seen) s.miss = s.x_px < 152 ? 0.0 : s.pair == 1 && s.y_px < 32 ? 0.3 : 0.1;
  for (const int pair : {0, 1}) map.Trust(pair, confidence);
  map.Learn(seen);
  Random random(6);
  int untrusted = 0, hard = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const Spot spot = map.Draw(random);
    if (spot.x_px < 152) ++untrusted;
    if (spot.pair == 1 && spot.y_px < 32 && spot.x_px >= 152) ++hard;
  }
  EXPECT_EQ(untrusted, 0);
  EXPECT_NEAR(hard, kDraws * 3 * 0.125 / (3 * 0.125 + 0.875),
              300);  // an eighth of the trusted places, three times as often
}

TEST(Difficulty, WhereNothingIsTrustedAllPlacesAreCompared) {
  DifficultyMap map(1, kFrame);
  map.Trust(0, image::Image(kFrame, {"confidence"}, ""));
  map.Learn(std::vector<SeenMiss>{{0, 4, 4, 0.01}, {0, 12, 4, 0.01}, {0, 20, 4, 0.04}});
  Random random(7);
  int hard = 0;
  constexpr int kDraws = 60000;
  for (int i = 0; i < kDraws; ++i) {
    const Spot spot = map.Draw(random);
    if (spot.x_px == 19.5 && spot.y_px == 3.5) ++hard;
  }
  EXPECT_NEAR(hard, 4 * kDraws / 515.0, 80);
  EXPECT_THROW(map.Trust(0, image::Image({8, 8}, {"confidence"}, "")), std::invalid_argument);
}

TEST(Difficulty, KeepsARunningMean) {
  DifficultyMap map(1, kFrame);
  const auto see = [&](double miss) { map.Learn(std::vector<SeenMiss>(1, {0, 0, 0, miss})); };
  see(1.0);
  see(0.0);
  EXPECT_FLOAT_EQ(map.means()[0], 0.7F);
  see(std::numeric_limits<double>::quiet_NaN());
  EXPECT_FLOAT_EQ(map.means()[0], 0.7F);
  EXPECT_EQ(map.means()[1], -1.0F);
}

TEST(Difficulty, PlacesBeyondTheFrameCountAtItsEdge) {
  DifficultyMap map(2, kFrame);
  map.Learn(std::vector<SeenMiss>{{1, -5, 500, 0.25}});
  EXPECT_EQ(map.means()[static_cast<std::size_t>((1 * 16 + 15) * 32)], 0.25F);
}

TEST(Difficulty, DrawsAlikeFromItsRestoredMeans) {
  DifficultyMap map(2, kFrame), again(2, kFrame);
  map.Learn(Everywhere(0.1, 0.3));
  again.Restore(map.means());
  Random a(4), b(4);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(map.Draw(a).x_px, again.Draw(b).x_px);
  auto wrong = map.means();
  wrong[5] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(again.Restore(wrong), std::invalid_argument);
  wrong.pop_back();
  EXPECT_THROW(again.Restore(wrong), std::invalid_argument);
}

TEST(Difficulty, AFrameSmallerThanACellIsOne) {
  const DifficultyMap map(1, {5, 3});
  Random random(5);
  const Spot spot = map.Draw(random);
  EXPECT_EQ(map.means().size(), 1U);
  EXPECT_LT(spot.x_px, 5.0);
  EXPECT_LT(spot.y_px, 3.0);
}

}  // namespace
}  // namespace interneg::dataset
