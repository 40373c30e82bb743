#include "worker/engine/color/default_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/color/color_fixtures.h"

namespace interneg::color {
namespace {

using ::testing::HasSubstr;

std::string Default(const FileColorFacts& facts) { return DefaultSpace(ColorConfig::BuiltIn(), facts, "a/f.0001.x"); }

void ExpectRefusal(const FileColorFacts& facts, const char* reason) {
  try {
    Default(facts);
    FAIL() << facts.format;
  } catch (const ColorError& error) {
    EXPECT_THAT(error.what(), HasSubstr("a/f.0001.x"));
    EXPECT_THAT(error.what(), HasSubstr(reason));
    EXPECT_THAT(error.what(), HasSubstr("--source-space"));
  }
}

TEST(DefaultSpace, ExrIsAp0UnlessItsChromaticitiesSayOtherwise) {
  EXPECT_EQ(Default({"openexr", SampleKind::kFloat, {}, ""}), "ACES2065-1");
  EXPECT_EQ(Default({"openexr", SampleKind::kFloat, kAp0, ""}), "ACES2065-1");
  EXPECT_EQ(Default({"openexr", SampleKind::kFloat, kAp1, ""}), "ACEScg");
  EXPECT_EQ(Default({"openexr", SampleKind::kFloat, kRec709, ""}), "Linear Rec.709 (sRGB)");
  Chromaticities p3 = kRec709;
  p3.red_x = .68F;
  ExpectRefusal({"openexr", SampleKind::kFloat, p3, ""}, "chromaticities");
}

TEST(DefaultSpace, IntegerPicturesAreTheRec709DisplayEncoding) {
  for (const char* format : {"png", "jpeg", "tiff"}) {
    EXPECT_EQ(Default({format, SampleKind::kInteger, {}, "sRGB"}), "Gamma 2.4 Rec.709 - Texture") << format;
  }
  ExpectRefusal({"tiff", SampleKind::kFloat, {}, ""}, "floating-point");
  ExpectRefusal({"tga", SampleKind::kInteger, {}, ""}, "tga");
}

TEST(DefaultSpace, DpxMustSayThatItIsRec709) {
  EXPECT_EQ(Default({"dpx", SampleKind::kInteger, {}, "ITU-R 709-4"}), "Gamma 2.4 Rec.709 - Texture");
  ExpectRefusal({"dpx", SampleKind::kInteger, {}, "Printing density"}, "Printing density");
  ExpectRefusal({"dpx", SampleKind::kInteger, {}, ""}, "does not state");
}

TEST(DefaultSpace, MoviesAreTheRec709DisplayEncodingUnlessTheySayOtherwise) {
  const Chromaticities pal{.64F, .33F, .29F, .60F, .15F, .06F, .3127F, .329F};
  EXPECT_EQ(Default({"movie", SampleKind::kInteger, {}, ""}), "Gamma 2.4 Rec.709 - Texture");
  EXPECT_EQ(Default({"movie", SampleKind::kInteger, kRec709, "bt709"}), "Gamma 2.4 Rec.709 - Texture");
  EXPECT_EQ(Default({"movie", SampleKind::kInteger, pal, "smpte170m"}), "Gamma 2.4 Rec.709 - Texture");
  EXPECT_TRUE(StatesItsSpace({"movie", SampleKind::kInteger, {}, "bt709"}));
  EXPECT_FALSE(StatesItsSpace({"movie", SampleKind::kInteger, {}, ""}));
  ExpectRefusal({"movie", SampleKind::kInteger, {}, "smpte2084"}, "smpte2084");
  const Chromaticities wide{.708F, .292F, .17F, .797F, .131F, .046F, .3127F, .329F};
  ExpectRefusal({"movie", SampleKind::kInteger, wide, "bt709"}, "wider than BT.709");
}

TEST(DefaultSpace, ResolvesInTheGivenConfiguration) {
  TemporaryFolder folder;
  const auto config = ColorConfig::FromFile(WriteOcioV1(folder.path()));
  EXPECT_EQ(DefaultSpace(config, {"png", SampleKind::kInteger, {}, ""}, "f"), "Utility - Rec.709 - Display");
  EXPECT_EQ(DefaultSpace(config, {"openexr", SampleKind::kFloat, {}, ""}, "f"), "ACES - ACES2065-1");
}

TEST(DefaultSpace, PrimariesAgreeWithinTheThirdDecimal) {
  Chromaticities rounded = kAp0;
  rounded.white_x = .3217F;
  EXPECT_TRUE(SamePrimaries(rounded, kAp0));
  rounded.white_x = .3127F;
  EXPECT_FALSE(SamePrimaries(rounded, kAp0));
}

}  // namespace
}  // namespace interneg::color
