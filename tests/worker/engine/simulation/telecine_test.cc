#include "worker/engine/simulation/telecine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace interneg::simulation {
namespace {

std::vector<int> Sources(const std::vector<ShownFrame>& shown) {
  std::vector<int> out;
  for (const auto& frame : shown) out.push_back(frame.source_index);
  return out;
}

TEST(Telecine, AFilmAtTheVideosRateIsShownFrameByFrame) {
  const auto shown = ShownFrames(3, {25, 1}, {25, 1}, 0);
  EXPECT_EQ(Sources(shown), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(shown[2].index, 2);
  EXPECT_FALSE(shown[2].repeat);
}

TEST(Telecine, TwentyFourToTwentyFiveRepeatsOneFrameASecond) {
  const auto shown = ShownFrames(48, {24, 1}, {25, 1}, 0);
  EXPECT_EQ(shown.size(), 50U);
  int repeats = 0;
  for (const auto& frame : shown) repeats += frame.repeat ? 1 : 0;
  EXPECT_EQ(repeats, 2);
  EXPECT_EQ(shown[24].source_index, 23);
  EXPECT_EQ(shown[25].source_index, 24);
}

TEST(Telecine, EighteenToTwentyFiveRepeatsSevenOfEighteen) {
  const auto shown = ShownFrames(18, {18, 1}, {25, 1}, 0);
  EXPECT_EQ(Sources(shown),
            (std::vector<int>{0, 0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 7, 8, 9, 10, 10, 11, 12, 12, 13, 14, 15, 15, 16, 17}));
}

TEST(Telecine, AFasterFilmIsDropped) {
  EXPECT_EQ(Sources(ShownFrames(6, {50, 1}, {25, 1}, 0)), (std::vector<int>{0, 2, 4}));
}

TEST(Telecine, AnOffsetMovesTheFilmAndDropsWhatIsNotThere) {
  const auto ahead = ShownFrames(3, {25, 1}, {25, 1}, 1), behind = ShownFrames(3, {25, 1}, {25, 1}, -1);
  EXPECT_EQ(Sources(ahead), (std::vector<int>{1, 2}));
  EXPECT_EQ(ahead[0].index, 0);
  EXPECT_EQ(Sources(behind), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(behind[0].index, 1);
  EXPECT_TRUE(ShownFrames(3, {25, 1}, {25, 1}, 5).empty());
  EXPECT_THROW(ShownFrames(3, {0, 1}, {25, 1}, 0), std::invalid_argument);
}

TEST(Telecine, OverscanTakesThreeToSixInAHundredAndLiesInside) {
  const image::Size film{1000, 800};
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    const auto kept = DrawOverscan(film, {}, seed);
    EXPECT_GE(kept.width_px, 940);
    EXPECT_LE(kept.width_px, 970);
    EXPECT_GE(kept.height_px, 752);
    EXPECT_LE(kept.height_px, 776);
    EXPECT_GT(kept.left_px, 5);
    EXPECT_LT(kept.left_px + kept.width_px, 995);
  }
  EXPECT_DOUBLE_EQ(DrawOverscan(film, {0, 0}, 1).width_px, 1000);
  EXPECT_THROW(DrawOverscan(film, {.06, .03}, 1), std::invalid_argument);
  EXPECT_THROW(DrawOverscan(film, {0, .5}, 1), std::invalid_argument);
}

// Pixels have edges at whole numbers and a half of them lies before the first centre.
TEST(Telecine, TheEdgesOfTheKeptPartAreTheEdgesOfTheRaster) {
  const auto t = ScanTransform({200, 100}, {10, 5, 160, 80}, {}, {320, 80});
  EXPECT_NEAR(t[0][0] * (10 - .5) + t[0][2], -.5, 1e-12);
  EXPECT_NEAR(t[0][0] * (170 - .5) + t[0][2], 319.5, 1e-12);
  EXPECT_NEAR(t[1][1] * (5 - .5) + t[1][2], -.5, 1e-12);
  EXPECT_NEAR(t[1][1] * (85 - .5) + t[1][2], 79.5, 1e-12);
  // A turn keeps the centre; a shift moves everything.
  const auto moved = ScanTransform({201, 101}, {0, 0, 201, 101}, {2, -1, 1}, {201, 101});
  EXPECT_NEAR(moved[0][0] * 100 + moved[0][1] * 50 + moved[0][2], 102, 1e-9);
  EXPECT_NEAR(moved[1][0] * 100 + moved[1][1] * 50 + moved[1][2], 49, 1e-9);
  EXPECT_LT(moved[1][0], 0);  // counter-clockwise as seen: what lies to the right rises
}

struct Centre {
  double x, y;
};

Centre CentroidOf(const image::Image& picture) {
  double sum = 0, sx = 0, sy = 0;
  for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
    const double v = picture.plane(0)[i];
    sum += v;
    sx += v * static_cast<double>(i % static_cast<std::size_t>(picture.width_px()));
    sy += v * static_cast<double>(i / static_cast<std::size_t>(picture.width_px()));
  }
  return {sx / sum, sy / sum};
}

// The transform that is written down must be the one that was done: a spot lands where it says, to a thousandth.
TEST(Telecine, ASpotLandsWhereTheTransformSays) {
  for (const image::Size raster : {image::Size{144, 96}, image::Size{90, 60}}) {
    image::Image film({120, 80}, {"Y"}, "s");
    constexpr double kX = 61.3, kY = 37.8;
    for (int i = 0; i < 120 * 80; ++i) {
      const double dx = i % 120 - kX, dy = i / 120 - kY;
      film.plane(0)[static_cast<std::size_t>(i)] = static_cast<float>(std::exp(-(dx * dx + dy * dy) / (2 * 2.5 * 2.5)));
    }
    const auto t = ScanTransform(film.size(), {3.7, 2.2, 113.1, 76.4}, {.83, -.41, .3}, raster);
    const auto found = CentroidOf(Scan(film, t, raster));
    EXPECT_NEAR(found.x, t[0][0] * kX + t[0][1] * kY + t[0][2], .003);
    EXPECT_NEAR(found.y, t[1][0] * kX + t[1][1] * kY + t[1][2], .003);
  }
}

TEST(Telecine, FlatFilmStaysFlatAndFineStripesDoNotAlias) {
  image::Image film({160, 40}, {"Y"}, "s");
  for (float& v : film.values()) v = .4F;
  const auto t = ScanTransform(film.size(), {0, 0, 160, 40}, {}, {70, 20});
  const auto flat = Scan(film, t, {70, 20});
  for (const float v : flat.values()) ASSERT_NEAR(v, .4, 1e-5);
  for (std::size_t i = 0; i < film.values().size(); ++i) film.values()[i] = i % 2 == 0 ? 0.F : 1.F;
  const auto small = Scan(film, t, {70, 20});
  for (int x = 5; x < 65; ++x) ASSERT_NEAR(small.plane(0)[10 * 70 + x], .5, .02);
}

}  // namespace
}  // namespace interneg::simulation
