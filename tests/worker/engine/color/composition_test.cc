#include "worker/engine/color/composition.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace interneg::color {
namespace {

using image::YCbCrMatrix;
constexpr char kSpace[] = "interneg:training/display";

Composed One(float y, float cb, float cr, YCbCrMatrix matrix = YCbCrMatrix::kBt709) {
  return ComposeChroma({1, 1}, std::vector{y}, std::vector{cb}, std::vector{cr}, matrix, kSpace);
}

TEST(ComposeChroma, ColoursInsideTheGamutAreUntouched) {
  const auto out = One(.2126F, -.114572F, .5F);  // BT.709 red
  EXPECT_NEAR(out.rgb.plane(0)[0], 1.0, 1e-6);
  EXPECT_NEAR(out.rgb.plane(1)[0], 0.0, 1e-5);
  EXPECT_NEAR(out.rgb.plane(2)[0], 0.0, 1e-5);
  EXPECT_EQ(One(.5F, .1F, .1F).adjusted_px, 0U);
}

// Y = .9, Cr = .5 asks for R' = .9 + .7874; only .1 of room is left above, so the factor is .1 / .7874 = .127 and
// B' = .9, G' = .9 − kr/kg · .1.
TEST(ComposeChroma, ChromaIsScaledTowardGreyAtConstantLuma) {
  const auto out = One(.9F, 0.F, .5F);
  EXPECT_NEAR(out.rgb.plane(0)[0], 1.0, 1e-6);
  EXPECT_NEAR(out.rgb.plane(1)[0], .9 - .2126 / .7152 * .1, 1e-6);
  EXPECT_NEAR(out.rgb.plane(2)[0], .9, 1e-6);
  EXPECT_EQ(out.adjusted_px, 1U);
  EXPECT_DOUBLE_EQ(out.share(), 1.0);
}

TEST(ComposeChroma, LumaOutsideZeroToOneWidensTheBounds) {
  const auto above = One(1.4F, .2F, .2F);  // no room above max(1, Y): grey
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(above.rgb.plane(c)[0], 1.4, 1e-6);
  const auto below = One(-.1F, .2F, -.2F);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(below.rgb.plane(c)[0], -.1, 1e-6);
}

TEST(ComposeChroma, NonFinitePredictionsBecomeGrey) {
  const auto out = One(.4F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
  for (int c = 0; c < 3; ++c) EXPECT_FLOAT_EQ(out.rgb.plane(c)[0], .4F);
  EXPECT_EQ(out.adjusted_px, 1U);
}

// The promise of every chroma job: whatever was predicted, the luma recomputed in fp32 planes is the held one.
TEST(ComposeChroma, RecomputedLumaIsTheHeldOneForAnyPrediction) {
  constexpr unsigned kSeed = 31;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<float> luma(-.5F, 8.F), chroma(-2.F, 2.F);
  const image::Size size{500, 200};
  std::vector<float> y(100000), cb(y.size()), cr(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = luma(random), cb[i] = chroma(random), cr[i] = chroma(random);
  for (const auto matrix : {YCbCrMatrix::kBt601, YCbCrMatrix::kBt709, YCbCrMatrix::kBt2020}) {
    const auto out = ComposeChroma(size, y, cb, cr, matrix, kSpace);
    const auto back = RgbToYCbCr(out.rgb, matrix);
    for (std::size_t i = 0; i < y.size(); ++i) {
      ASSERT_LE(std::abs(back.plane(0)[i] - y[i]), 1e-6F * std::max(1.F, std::abs(y[i]))) << i;
      for (int c = 0; c < 3; ++c) {
        ASSERT_GE(out.rgb.plane(c)[i], std::min(0.F, y[i]) - 1e-6F);
        ASSERT_LE(out.rgb.plane(c)[i], std::max(1.F, y[i]) * (1.F + 1e-6F));
      }
    }
    EXPECT_GT(out.adjusted_px, 0U);
  }
}

TEST(ComposeHeldChroma, ChromaIsKeptAndPixelsOutsideAreCounted) {
  const auto out = ComposeHeldChroma({2, 1}, std::vector{.95F, .5F}, std::vector{.3F, .05F}, std::vector{.1F, .02F},
                                     YCbCrMatrix::kBt709, kSpace);
  const auto back = RgbToYCbCr(out.rgb, YCbCrMatrix::kBt709);
  EXPECT_NEAR(back.plane(1)[0], .3, 1e-6);
  EXPECT_NEAR(back.plane(2)[0], .1, 1e-6);
  EXPECT_NEAR(back.plane(0)[0], .95, 1e-6);
  EXPECT_EQ(out.outside_px, 1U);
  EXPECT_EQ(out.adjusted_px, 0U);
}

TEST(ComposeChroma, PlanesOfAnotherSizeAreRefused) {
  EXPECT_THROW(ComposeChroma({2, 1}, std::vector{.5F}, std::vector{0.F}, std::vector{0.F}, YCbCrMatrix::kBt709, kSpace),
               std::invalid_argument);
}

}  // namespace
}  // namespace interneg::color
