#include "worker/engine/color/color_config.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/color/color_fixtures.h"
#include "worker/engine/color/conversion.h"
#include "worker/engine/color/near_names.h"

namespace interneg::color {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void ExpectConversion(const ColorConfig& config, const std::string& from, const std::string& to,
                      std::array<float, 3> in, std::array<double, 3> expected) {
  const auto out = Conversion(config, from, to).Apply(Pixels({{in[0], in[1], in[2]}}, config.Resolve(from)));
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(out.plane(c)[0], expected[c], 1e-5) << from << " -> " << to << " plane " << c;
  EXPECT_EQ(out.color_space(), config.Resolve(to));
}

// The published check values: (.5, .25, .75) into ACEScg.
void ExpectCheckValues(const ColorConfig& config, const std::string& srgb, const std::string& gamma24,
                       const std::string& ap0, const std::string& acescg) {
  const std::array<float, 3> in{.5F, .25F, .75F};
  ExpectConversion(config, srgb, acescg, in, {.173258, .068674, .464484});
  ExpectConversion(config, gamma24, acescg, in, {.152102, .052938, .443927});
  ExpectConversion(config, ap0, acescg, in, {.505396, .181024, .750937});
}

TEST(ColorConfig, BuiltInMeetsTheCheckValuesUnderTheNamesOfBothGenerations) {
  const auto config = ColorConfig::BuiltIn();
  ExpectCheckValues(config, "sRGB - Texture", "Gamma 2.4 Rec.709 - Texture", "ACES2065-1", "ACEScg");
  ExpectCheckValues(config, "Utility - sRGB - Texture", "Utility - Rec.709 - Display", "ACES - ACES2065-1",
                    "ACES - ACEScg");
  ExpectCheckValues(config, "color_picking", "rec709_display", "aces_interchange", "scene_linear");
  ExpectConversion(config, "ACEScg", "Output - Rec.709", {.18F, .18F, .18F}, {.389530, .389530, .389530});
}

TEST(ColorConfig, ConfigurationFilesOfAces13MeetTheCheckValues) {
  for (const char* name : {kCgConfig, kStudioConfig}) {
    const std::string path = SharedFile(name);
    if (path.empty()) GTEST_SKIP() << kNoSharedData;
    ExpectCheckValues(ColorConfig::FromFile(path), "sRGB - Texture", "Gamma 2.4 Rec.709 - Texture", "ACES2065-1", "ACEScg");
  }
}

TEST(ColorConfig, AnOcioV1FileWithTheNamesOfAces12MeetsTheThreeCheckValuesWithoutOdt) {
  TemporaryFolder folder;
  const auto config = ColorConfig::FromFile(WriteOcioV1(folder.path()));
  ExpectCheckValues(config, "Utility - sRGB - Texture", "Utility - Rec.709 - Display", "ACES - ACES2065-1",
                    "ACES - ACEScg");
  EXPECT_EQ(config.Aces2065(), "ACES - ACES2065-1");
  EXPECT_EQ(config.Rec709Gamma24(), "Utility - Rec.709 - Display");
  EXPECT_EQ(config.LinearRec709(), "Utility - Linear - Rec.709");
}

TEST(ColorConfig, ResolvesNamesAliasesAndRolesInAnyCase) {
  const auto config = ColorConfig::BuiltIn();
  EXPECT_EQ(config.Resolve("ACES - ACEScg"), "ACEScg");
  EXPECT_EQ(config.Resolve("acescg"), "ACEScg");
  EXPECT_EQ(config.Resolve("scene_linear"), "ACEScg");
  EXPECT_EQ(config.Resolve("color_picking"), "sRGB - Texture");
  EXPECT_EQ(config.Resolve("cie_xyz_d65_interchange"), "CIE-XYZ-D65");
  EXPECT_EQ(config.Resolve("Utility - sRGB - Color Picking"), "sRGB - Texture");
}

TEST(ColorConfig, UnknownNamesListTheNearOnes) {
  const auto config = ColorConfig::BuiltIn();
  try {
    config.Resolve("ACESgc");
    FAIL();
  } catch (const ColorError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'ACESgc'"));
    EXPECT_THAT(error.what(), HasSubstr("'ACEScg'"));
    EXPECT_THAT(error.what(), HasSubstr("built-in ACES 1.3"));
  }
  EXPECT_FALSE(config.Knows("ACESgc"));
  EXPECT_FALSE(config.Knows(""));
}

TEST(ColorConfig, DataSpacesAreNotColour) {
  try {
    ColorConfig::BuiltIn().Resolve("Raw");
    FAIL();
  } catch (const ColorError& error) {
    EXPECT_THAT(error.what(), HasSubstr("holds data"));
  }
}

TEST(ColorConfig, HashFollowsTheTextAndTheFilesItNames) {
  TemporaryFolder folder;
  const auto path = WriteOcioV1(folder.path());
  const auto before = ColorConfig::FromFile(path).hash();
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(ColorConfig::FromFile(path).hash(), before);
  std::ofstream(folder.path() / "srgb.spi1d", std::ios::app) << "\n";
  const auto after = ColorConfig::FromFile(path).hash();
  EXPECT_NE(after, before);
  EXPECT_NE(ColorConfig::BuiltIn().hash(), after);
  EXPECT_EQ(ColorConfig::BuiltIn().hash(), ColorConfig::FromOption("").hash());
}

void ExpectRefusedFile(const std::string& config_path, const char* reason) {
  try {
    ColorConfig::FromFile(config_path);
    FAIL();
  } catch (const ColorError& error) {
    EXPECT_THAT(error.what(), HasSubstr("srgb.spi1d"));
    EXPECT_THAT(error.what(), HasSubstr(reason));
  }
}

// Two folders: OCIO remembers for the whole process which files it did not find.
TEST(ColorConfig, RefusesFilesThatAreMissingOrOutsideItsFolder) {
  TemporaryFolder folder;
  for (const char* name : {"missing", "linked"}) std::filesystem::create_directory(folder.path() / name);
  const auto missing = WriteOcioV1(folder.path() / "missing");
  std::filesystem::rename(folder.path() / "missing/srgb.spi1d", folder.path() / "srgb.spi1d");
  ExpectRefusedFile(missing, "not found");
  const auto linked = WriteOcioV1(folder.path() / "linked");
  std::filesystem::remove(folder.path() / "linked/srgb.spi1d");
  std::filesystem::create_symlink(folder.path() / "srgb.spi1d", folder.path() / "linked/srgb.spi1d");
  ExpectRefusedFile(linked, "outside");
}

TEST(ColorConfig, RefusesWhatIsNotAConfiguration) {
  TemporaryFolder folder;
  EXPECT_THROW(ColorConfig::FromFile((folder.path() / "none.ocio").string()), ColorError);
  EXPECT_THROW(ColorConfig::FromFile(folder.path().string()), ColorError);
  std::ofstream(folder.path() / "bad.ocio") << "this: [is not";
  EXPECT_THROW(ColorConfig::FromFile((folder.path() / "bad.ocio").string()), ColorError);
  EXPECT_THROW(ColorConfig::FromText(kOcioV1, "text"), ColorError);  // names a file
}

TEST(NearNames, PutsContainedNamesAndSmallDistancesFirst) {
  EXPECT_EQ(EditDistance("kitten", "Sitting"), 3U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_THAT(NearNames("rec709", {"xyz", "ACEScg", "lin_rec709", "rec708"}, 2), ElementsAre("lin_rec709", "rec708"));
}

}  // namespace
}  // namespace interneg::color
