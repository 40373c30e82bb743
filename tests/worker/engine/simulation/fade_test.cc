#include "worker/engine/simulation/fade.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/simulation/demo_scene.h"

namespace interneg::simulation {
namespace {

image::Image Flat(float r, float g, float b, int side = 4) {
  image::Image out({side, side}, {"R", "G", "B"}, image::kTrainingDisplay);
  const float v[] = {r, g, b};
  for (int c = 0; c < 3; ++c) std::fill(out.plane(c).begin(), out.plane(c).end(), v[c]);
  return out;
}

double Density(double display) { return -std::log10(std::pow(10, -2.4) + (1 - std::pow(10, -2.4)) * std::pow(display, 2.4)); }

TEST(Fade, WithEverythingKeptAndNoStainNothingChanges) {
  FadeOptions options;
  options.stain = false;
  for (const float v : {0.F, .18F, .5F, .9F, 1.F}) {
    const auto out = FadeFrame(Flat(v, v, v), options, 1);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(out.plane(c)[0], v, 2e-4) << v;
  }
  const auto mild = FadeFrame(Flat(.6F, .5F, .4F), options, 1);
  EXPECT_NEAR(mild.plane(0)[0], .6, 1e-5);
  EXPECT_NEAR(mild.plane(2)[0], .4, 1e-5);
}

// White has no dye: only the stain is left, a density of .015 on green and .03 on blue.
TEST(Fade, WhiteShowsTheStainAlone) {
  const auto out = FadeFrame(Flat(1.F, 1.F, 1.F), {ParseRetention("severe")}, 1);
  EXPECT_NEAR(Density(out.plane(0)[0]), 0.0, 1e-5);
  EXPECT_NEAR(Density(out.plane(1)[0]), .015, 1e-5);
  EXPECT_NEAR(Density(out.plane(2)[0]), .03, 1e-5);
}

// A grey of density D on all three asks for the dyes a = A⁻¹ (D, D, D) = D (.9111956, .8307738, .8244632), by Cramer's
// rule on exact fractions. With the cyan gone and no stain, each density is what magenta and yellow absorb there.
TEST(Fade, GreyWithoutCyanKeepsTheUnwantedAbsorptions) {
  FadeOptions options{{0.0, 1.0, 1.0}};
  options.stain = false;
  const auto out = FadeFrame(Flat(.4F, .4F, .4F), options, 1);
  const double d = Density(.4);
  const double am = d * .8307737768, ay = d * .8244632065;
  EXPECT_NEAR(Density(out.plane(0)[0]), .093 * am + .014 * ay, 1e-5);
  EXPECT_NEAR(Density(out.plane(1)[0]), am + .087 * ay, 1e-5);
  EXPECT_NEAR(Density(out.plane(2)[0]), .106 * am + ay, 1e-5);
  EXPECT_GT(out.plane(0)[0], out.plane(1)[0] + .3F);
}

TEST(Fade, RetentionsAreNamedOrThreeNumbers) {
  EXPECT_DOUBLE_EQ(ParseRetention("moderate").cyan, .45);
  EXPECT_DOUBLE_EQ(ParseRetention("nearly-dead").yellow, .5);
  EXPECT_DOUBLE_EQ(ParseRetention(".30,1,.80").yellow, .8);
  for (const char* text : {"", "bad", ".3,1", ".3,1,.8,1", "2,1,1", "-1,1,1", ".3,1,x"}) {
    EXPECT_THROW(ParseRetention(text), std::invalid_argument) << text;
  }
  EXPECT_THROW(ParseGrainGauge("8mm"), std::invalid_argument);
}

TEST(Fade, GrainIsSeededPerFrameAndStrongerAt16mm) {
  const auto deviation = [](const image::Image& out) {
    double sum = 0, squares = 0;
    for (const float v : out.plane(1)) sum += v, squares += static_cast<double>(v) * v;
    const double n = static_cast<double>(out.pixel_count());
    return std::sqrt(std::max(0.0, squares / n - sum / n * sum / n));
  };
  FadeOptions options{ParseRetention("mild"), Evenness::kEven, GrainGauge::k35mm};
  const auto grey = Flat(.4F, .4F, .4F, 128);
  const auto fine = FadeFrame(grey, options, 5), again = FadeFrame(grey, options, 5), other = FadeFrame(grey, options, 6);
  EXPECT_TRUE(std::equal(fine.values().begin(), fine.values().end(), again.values().begin()));
  EXPECT_FALSE(std::equal(fine.values().begin(), fine.values().end(), other.values().begin()));
  options.grain = GrainGauge::k16mm;
  EXPECT_NEAR(deviation(FadeFrame(grey, options, 5)) / deviation(fine), .051 / .024, .1);
}

TEST(Fade, UnevenFadingIsSmoothAndStillAcrossFrames) {
  const FadeOptions options{ParseRetention(".3,1,.8"), Evenness::kUneven};
  const auto grey = Flat(.4F, .4F, .4F, 96);
  const auto one = FadeFrame(grey, options, 1), two = FadeFrame(grey, options, 2);
  EXPECT_TRUE(std::equal(one.values().begin(), one.values().end(), two.values().begin()));
  const auto [low, high] = std::minmax_element(one.plane(0).begin(), one.plane(0).end());
  EXPECT_GT(*high - *low, .01F);
  for (std::size_t i = 1; i < 96; ++i) EXPECT_NEAR(one.plane(0)[i], one.plane(0)[i - 1], .02);
}

TEST(Fade, WeaveMovesTheFrameAndIsRepeatable) {
  FadeOptions options{ParseRetention("mild")};
  options.weave = Weave::kSlow;
  const auto scene = DrawDemoScene({160, 90}, 0, 2);
  const auto a = FadeFrame(scene, options, 10), b = FadeFrame(scene, options, 10), c = FadeFrame(scene, options, 11);
  EXPECT_TRUE(std::equal(a.values().begin(), a.values().end(), b.values().begin()));
  EXPECT_FALSE(std::equal(a.values().begin(), a.values().end(), c.values().begin()));
}

TEST(Truth, IsTheFadedLumaWithTheCleanChroma) {
  const auto clean = DrawDemoScene({160, 90}, 0, 2);
  const auto faded = FadeFrame(clean, {ParseRetention("severe")}, 1);
  const auto truth = image::RgbToYCbCr(ExactTruth(faded, clean), image::YCbCrMatrix::kBt709);
  const auto luma = image::RgbToYCbCr(faded, image::YCbCrMatrix::kBt709);
  const auto chroma = image::RgbToYCbCr(clean, image::YCbCrMatrix::kBt709);
  const auto file = TruthForFile(faded, clean);
  const auto stored = image::RgbToYCbCr(file, image::YCbCrMatrix::kBt709);
  for (std::size_t i = 0; i < clean.pixel_count(); ++i) {
    ASSERT_NEAR(truth.plane(0)[i], luma.plane(0)[i], 1e-6);
    ASSERT_NEAR(truth.plane(1)[i], chroma.plane(1)[i], 1e-6);
    ASSERT_NEAR(truth.plane(2)[i], chroma.plane(2)[i], 1e-6);
    ASSERT_NEAR(stored.plane(0)[i], luma.plane(0)[i], 1e-6);
  }
  for (const float v : file.values()) {
    ASSERT_GE(v, -1e-6F);
    ASSERT_LE(v, 1.F + 1e-6F);
  }
}

}  // namespace
}  // namespace interneg::simulation
