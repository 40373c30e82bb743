#include "worker/engine/curation/color_families.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::curation {
namespace {

unsigned FamiliesOfRgb(float r, float g, float b) {
  image::Image one({1, 1}, {"R", "G", "B"}, image::kTrainingDisplay);
  one.plane(0)[0] = r, one.plane(1)[0] = g, one.plane(2)[0] = b;
  const auto ycc = image::RgbToYCbCr(one, image::YCbCrMatrix::kBt709);
  return FamiliesOf(ycc.plane(0)[0], ycc.plane(1)[0], ycc.plane(2)[0]);
}

bool Has(unsigned families, Family family) {
  return (families >> static_cast<int>(family) & 1U) != 0;
}

// The patches of the ColorChecker as 8-bit sRGB codes, as its maker publishes them, and what their names say they are.
struct Patch {
  const char* name;
  int r, g, b;
  std::vector<Family> in, not_in;
};
const std::vector<Patch>& Patches() {
  using enum Family;
  static const std::vector<Patch> patches = {
      {"dark skin", 115, 82, 68, {kSkin, kWarm}, {kFoliage, kSky, kCool, kRedPrimary}},
      {"light skin", 194, 150, 130, {kSkin, kWarm}, {kFoliage, kSky, kCool, kRedPrimary}},
      {"blue sky", 98, 122, 157, {kSky, kCool}, {kSkin, kFoliage, kWarm, kBluePrimary}},
      {"foliage", 87, 108, 67, {kFoliage}, {kSkin, kSky, kCool, kGreenPrimary}},
      {"orange", 214, 126, 44, {kWarm}, {kSkin, kRedPrimary, kFoliage}},
      {"moderate red", 193, 90, 99, {kWarm, kRedPrimary}, {kSkin}},
      {"yellow green", 157, 188, 64, {kFoliage}, {kSkin, kGreenPrimary, kCool}},
      {"blue", 56, 61, 150, {kCool}, {kSky, kSkin}},
      {"red", 175, 54, 60, {kRedPrimary, kWarm}, {kSkin, kBluePrimary}},
      {"yellow", 231, 199, 31, {kWarm}, {kSkin, kFoliage}},
      {"cyan", 8, 133, 161, {kCool}, {kSky, kGreenPrimary, kSkin}},
      {"white", 243, 243, 242, {kSpecular}, {kNeutral}},
      {"neutral 5", 122, 122, 121, {kNeutral}, {kSpecular, kDeepShadow, kWarm, kCool}},
      {"black", 52, 52, 52, {kNeutral}, {kDeepShadow}},
      {"pure red", 255, 0, 0, {kRedPrimary}, {kGreenPrimary, kBluePrimary}},
      {"pure green", 0, 255, 0, {kGreenPrimary}, {kRedPrimary, kBluePrimary}},
      {"no light", 8, 6, 7, {kDeepShadow}, {kNeutral}},
  };
  return patches;
}

TEST(Families, AreThoseThatTheColorCheckersNamesSay) {
  for (const auto& patch : Patches()) {
    const unsigned families = FamiliesOfRgb(patch.r / 255.F, patch.g / 255.F, patch.b / 255.F);
    for (const Family family : patch.in) EXPECT_TRUE(Has(families, family)) << patch.name << " is " << NameOf(family);
    for (const Family family : patch.not_in) {
      EXPECT_FALSE(Has(families, family)) << patch.name << " is not " << NameOf(family);
    }
  }
}

TEST(Families, AreSharesOfTheArea) {
  image::Image half({4, 2}, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  for (std::size_t i = 0; i < 8; ++i) half.plane(0)[i] = i < 2 ? .02F : .5F;
  const auto shares = MeasureFamilies(half);
  EXPECT_DOUBLE_EQ(shares[static_cast<std::size_t>(Family::kDeepShadow)], .25);
  EXPECT_DOUBLE_EQ(shares[static_cast<std::size_t>(Family::kNeutral)], .75);
  EXPECT_DOUBLE_EQ(shares[static_cast<std::size_t>(Family::kSkin)], 0);
  EXPECT_THROW(MeasureFamilies(image::Image({4, 4}, {"Y"}, "")), std::invalid_argument);
}

// Half of the picture is warm and half cool; faded severely nothing looks cool, and only the residual tells.
TEST(ResidualColor, TellsWarmFromCoolOnAFadedPicture) {
  const int side = 40;
  image::Image clean({side, side}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (std::size_t i = 0; i < clean.pixel_count(); ++i) {
    const float light = .2F + .5F * static_cast<float>(i / side) / side;
    const bool warm = i % side < side / 2;
    clean.plane(0)[i] = light + (warm ? .18F : -.1F);
    clean.plane(1)[i] = light;
    clean.plane(2)[i] = light + (warm ? -.1F : .18F);
  }
  const auto faded = simulation::FadeFrame(clean, {simulation::ParseRetention("severe")}, 1);
  const auto ycc = image::RgbToYCbCr(faded, image::YCbCrMatrix::kBt709);
  const auto warm = static_cast<std::size_t>(Family::kWarm), cool = static_cast<std::size_t>(Family::kCool);
  EXPECT_LT(MeasureFamilies(ycc)[cool], .05);
  const auto residual = MeasureFamilies(ResidualColor(ycc));
  EXPECT_NEAR(residual[warm], .5, .15);
  EXPECT_GT(residual[cool], .3);
}

TEST(ResidualColor, KeepsLumaAndIsFiniteWithoutAnyColour) {
  image::Image grey({8, 8}, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  std::fill(grey.plane(0).begin(), grey.plane(0).end(), .4F);
  const auto out = ResidualColor(grey);
  EXPECT_FLOAT_EQ(out.plane(0)[5], .4F);
  EXPECT_NEAR(out.plane(1)[5], 0, 1e-6);
}

}  // namespace
}  // namespace interneg::curation
