#include "worker/engine/color/training_transform.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/color/color_fixtures.h"
#include "worker/engine/color/exposure_scale.h"

namespace interneg::color {
namespace {

using image::YCbCrMatrix;
using ::testing::HasSubstr;

TrainingTransform For(const ColorConfig& config, const char* space, TrainingDomain domain = TrainingDomain::kDisplay) {
  return TrainingTransform(config, space, ChooseRoute(config, space, domain));
}

std::vector<ColorConfig> ConfigsWithOdt() {
  std::vector<ColorConfig> configs{ColorConfig::BuiltIn()};
  for (const char* name : {kCgConfig, kStudioConfig}) {
    if (const auto path = SharedFile(name); !path.empty()) configs.push_back(ColorConfig::FromFile(path));
  }
  return configs;
}

// Goes in and comes back; `relative` for the size of the value, `absolute` near zero.
void ExpectReturns(const TrainingTransform& way, const image::Image& in, double relative, double absolute) {
  const auto training = way.ToTraining(in);
  const auto out = way.FromTraining(training.rgb, training.highlight_scale);
  for (std::size_t i = 0; i < in.values().size(); ++i) {
    const double v = in.values()[i];
    EXPECT_NEAR(out.values()[i], v, std::max(relative * std::abs(v), absolute)) << way.space() << " value " << i;
  }
  EXPECT_EQ(out.color_space(), way.space());
}

TEST(ChooseRoute, TellsDisplayFromScene) {
  const auto config = ColorConfig::BuiltIn();
  const auto route = [&](const char* space) { return ChooseRoute(config, space, TrainingDomain::kDisplay); };
  for (const char* space : {"Gamma 2.4 Rec.709 - Texture", "sRGB - Texture", "Camera Rec.709", "Output - Rec.709",
                            "Rec.1886 Rec.709 - Display", "sRGB - Display", "P3-D65 - Display", "g22_rec709"}) {
    EXPECT_EQ(route(space), TrainingRoute::kDisplayDirect) << space;
  }
  for (const char* space : {"ACES2065-1", "ACEScg", "ACEScct", "ADX10", "Linear Rec.709 (sRGB)", "Output - sRGB"}) {
    EXPECT_EQ(route(space), TrainingRoute::kRec709Odt) << space;
  }
  EXPECT_EQ(ChooseRoute(config, "ACEScg", TrainingDomain::kDisplay, SceneRendering::kLinearClamp),
            TrainingRoute::kLinearClamp);
  EXPECT_EQ(ChooseRoute(config, "sRGB - Texture", TrainingDomain::kLog), TrainingRoute::kAcesCct);
}

TEST(TrainingTransform, TellsLinearLightFromAnEncoding) {
  const auto config = ColorConfig::BuiltIn();
  for (const char* space : {"ACES2065-1", "ACEScg", "Linear Rec.709 (sRGB)", "CIE-XYZ-D65"}) {
    EXPECT_TRUE(TrainingTransform(config, space, TrainingRoute::kAcesCct).from_linear_light()) << space;
  }
  for (const char* space : {"ACEScct", "sRGB - Texture", "P3-D65 - Display", "Gamma 2.4 Rec.709 - Texture"}) {
    EXPECT_FALSE(TrainingTransform(config, space, TrainingRoute::kAcesCct).from_linear_light()) << space;
  }
}

TEST(ChooseRoute, KnowsDisplaySpacesOfOcioV1ByTheirCurve) {
  TemporaryFolder folder;
  const auto config = ColorConfig::FromFile(WriteOcioV1(folder.path()));
  EXPECT_EQ(ChooseRoute(config, "Utility - sRGB - Texture", TrainingDomain::kDisplay), TrainingRoute::kDisplayDirect);
  EXPECT_EQ(ChooseRoute(config, "ACES - ACEScg", TrainingDomain::kDisplay), TrainingRoute::kRec709Odt);
}

TEST(TrainingTransform, EighteenPercentGreyHasTheOdtsCheckValue) {
  for (const auto& config : ConfigsWithOdt()) {
    const auto out = For(config, "ACEScg").ToTraining(Pixels({{.18F, .18F, .18F}}, "ACEScg"));
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(out.rgb.plane(c)[0], .389530, 1e-5) << config.description();
    EXPECT_TRUE(out.highlight_scale.empty());
    EXPECT_EQ(out.rgb.color_space(), image::kTrainingDisplay);
  }
}

TEST(TrainingTransform, Rec709DisplayIsTakenAsItIs) {
  const auto config = ColorConfig::BuiltIn();
  const auto in = Pixels({{-.1F, .5F, 1.7F}}, "Gamma 2.4 Rec.709 - Texture");
  for (const char* space : {"Gamma 2.4 Rec.709 - Texture", "Rec.1886 Rec.709 - Display", "Output - Rec.709"}) {
    const auto out = For(config, space).ToTraining(in);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(out.rgb.values()[i], in.values()[i]) << space;
    EXPECT_EQ(For(config, space).ArithmeticNoise(), 0.0);
  }
}

// sRGB .5 is linear .214041; to the power 1/2.4 that is .526137. No tone map in between.
TEST(TrainingTransform, SrgbIsReexpressedAsGamma24) {
  for (const auto& config : ConfigsWithOdt()) {
    const auto out = For(config, "sRGB - Texture").ToTraining(Pixels({{.5F, .5F, .5F}}, "sRGB - Texture"));
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(out.rgb.plane(c)[0], std::pow(.21404114, 1 / 2.4), 1e-5);
  }
}

TEST(TrainingTransform, DisplayValuesBeyondZeroToOneReturn) {
  for (const auto& config : ConfigsWithOdt()) {
    for (const char* space : {"sRGB - Texture", "Gamma 2.4 Rec.709 - Texture", "Gamma 2.2 Rec.709 - Texture"}) {
      ExpectReturns(For(config, space),
                    Pixels({{-.2F, -.05F, -.01F}, {1.5F, .2F, -.1F}, {3.F, 2.F, 1.2F}, {0.F, .5F, 1.F}}, space), 1e-5,
                    1e-5);
    }
  }
  ExpectReturns(For(ColorConfig::BuiltIn(), "sRGB - Display"), Pixels({{-.2F, 1.5F, .3F}}, "sRGB - Display"), 1e-5,
                1e-5);
}

TEST(TrainingTransform, SceneValuesBeyondTheOdtsReachReturn) {
  for (const auto& config : ConfigsWithOdt()) {
    const auto way = For(config, "ACES2065-1");
    for (const float v : {0.F, 1e-5F, 1e-4F, .001F, .002F, .004F, .006F, .008F,   .02F,   .18F,
                          1.F, 3.9F,  4.1F,  12.F,  16.F,  40.F,  500.F, 60000.F, -.001F, -.5F}) {
      ExpectReturns(way, Pixels({{v, v, v}}, "ACES2065-1"), .001, 1e-6);
    }
    ExpectReturns(way, Pixels({{16.F, 12.F, 6.F}, {100.F, 60.F, 30.F}, {.3F, .2F, .1F}}, "ACES2065-1"), .001, 1e-6);
  }
}

TEST(TrainingTransform, SixteenSurvivesFromTheRec709LinearAndAcesCgToo) {
  const auto config = ColorConfig::BuiltIn();
  for (const char* space : {"ACEScg", "Linear Rec.709 (sRGB)", "ACES - ACES2065-1"}) {
    ExpectReturns(For(config, space), Pixels({{16.F, 16.F, 16.F}, {16.F, 8.F, 4.F}}, space), .01, 1e-6);
  }
}

TEST(TrainingTransform, LogDomainIsAcesCctAndReturns) {
  const auto config = ColorConfig::BuiltIn();
  const auto way = For(config, "ACEScg", TrainingDomain::kLog);
  const auto out = way.ToTraining(Pixels({{.18F, .18F, .18F}}, "ACEScg"));
  EXPECT_NEAR(out.rgb.plane(1)[0], (std::log2(.18) + 9.72) / 17.52, 1e-5);  // S-2016-001, equation 1
  EXPECT_EQ(out.rgb.color_space(), image::kTrainingLog);
  ExpectReturns(way, Pixels({{16.F, 0.F, -.002F}, {.18F, 200.F, 1.F}}, "ACEScg"), 1e-4, 1e-5);
  ExpectReturns(For(config, "sRGB - Texture", TrainingDomain::kLog), Pixels({{.2F, 1.2F, -.1F}}, "sRGB - Texture"),
                1e-4, 1e-4);
}

TEST(TrainingTransform, LinearClampReportsTheClippedShare) {
  const auto config = ColorConfig::BuiltIn();
  const TrainingTransform way(config, "Linear Rec.709 (sRGB)", TrainingRoute::kLinearClamp);
  const auto out = way.ToTraining(
      Pixels({{.5F, .5F, .5F}, {2.F, .5F, .5F}, {.1F, -.2F, .1F}, {1.F, 0.F, 1.F}}, "Linear Rec.709 (sRGB)"));
  EXPECT_DOUBLE_EQ(out.clipped_share, .5);
  EXPECT_NEAR(out.rgb.plane(0)[1], 1.0, 1e-6);
  EXPECT_NEAR(out.rgb.plane(1)[2], 0.0, 1e-6);
  EXPECT_NEAR(out.rgb.plane(0)[0], std::pow(.5, 1 / 2.4), 1e-5);
}

TEST(TrainingTransform, WithoutAnOdtSceneReferredPicturesAreRefusedWithTheRemedies) {
  TemporaryFolder folder;
  const auto config = ColorConfig::FromFile(WriteOcioV1(folder.path()));
  try {
    For(config, "ACES - ACEScg");
    FAIL();
  } catch (const ColorError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--allow-linear-clamp"));
    EXPECT_THAT(error.what(), HasSubstr("Output - Rec.709"));
  }
  const auto log = For(config, "ACES - ACEScg", TrainingDomain::kLog);
  EXPECT_NEAR(log.ToTraining(Pixels({{.18F, .18F, .18F}}, "ACES - ACEScg")).rgb.plane(0)[0],
              (std::log2(.18) + 9.72) / 17.52, 1e-5);
}

// The ACES 1.2 way: the ODT is a colour space. A configuration of that kind is made from the built-in transforms.
TEST(TrainingTransform, AnOdtThatIsAColourSpaceWorks) {
  const auto config = ColorConfig::FromText(R"(ocio_profile_version: 2
roles: {default: ACES - ACES2065-1}
displays: {ACES: [!<View> {name: Rec.709, colorspace: Output - Rec.709}]}
colorspaces:
  - !<ColorSpace>
    name: ACES - ACES2065-1
  - !<ColorSpace>
    name: ACES - ACEScg
    to_scene_reference: !<BuiltinTransform> {style: ACEScg_to_ACES2065-1}
  - !<ColorSpace>
    name: Output - Rec.709
    from_scene_reference: !<GroupTransform>
      children:
        - !<BuiltinTransform> {style: ACES-OUTPUT - ACES2065-1_to_CIE-XYZ-D65 - SDR-VIDEO_1.0}
        - !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_REC.1886-REC.709}
)",
                                            "aces-1.2-like");
  const auto way = For(config, "ACES - ACEScg");
  EXPECT_EQ(way.route(), TrainingRoute::kRec709Odt);
  EXPECT_NEAR(way.ToTraining(Pixels({{.18F, .18F, .18F}}, "ACES - ACEScg")).rgb.plane(0)[0], .389530, 1e-5);
  ExpectReturns(way, Pixels({{16.F, 16.F, 16.F}, {.001F, .001F, .001F}, {300.F, 200.F, 100.F}}, "ACES - ACEScg"), .001,
                1e-6);
  EXPECT_EQ(ChooseRoute(config, "Output - Rec.709", TrainingDomain::kDisplay), TrainingRoute::kDisplayDirect);
}

TEST(TrainingTransform, DeliveryTakesTheSourcesRouteIntoAnotherSpace) {
  const auto config = ColorConfig::BuiltIn();
  const auto display = Pixels({{.5F, .25F, .75F}}, image::kTrainingDisplay);
  const auto plain = TrainingTransform(config, "ACEScg", TrainingRoute::kDisplayDirect).FromTraining(display, {});
  EXPECT_NEAR(plain.plane(0)[0], .152102, 1e-5);  // gamma 2.4 Rec.709 → ACEScg, no tone map
  EXPECT_NEAR(plain.plane(2)[0], .443927, 1e-5);
  const auto grey = Pixels({{.389530F, .389530F, .389530F}}, image::kTrainingDisplay);
  const auto scene = TrainingTransform(config, "ACEScg", TrainingRoute::kRec709Odt).FromTraining(grey, {});
  EXPECT_NEAR(scene.plane(1)[0], .18, 1e-5);
  const auto shown = TrainingTransform(config, "Output - Rec.709", TrainingRoute::kRec709Odt).FromTraining(grey, {});
  EXPECT_NEAR(shown.plane(1)[0], .389530, 1e-5);
}

TEST(TrainingTransform, ScaleOfTheOriginalGivesTheHeldLumaBack) {
  const auto config = ColorConfig::BuiltIn();
  const auto way = For(config, "ACES2065-1");
  const auto original = way.ToTraining(Pixels({{30.F, 20.F, 10.F}, {.0005F, .0004F, .0003F}}, "ACES2065-1"));
  ASSERT_FALSE(original.highlight_scale.empty());
  image::Image grey = original.rgb;  // another chroma, the same luma
  const auto ycc = RgbToYCbCr(grey, YCbCrMatrix::kBt709);
  for (int c = 0; c < 3; ++c) std::copy(ycc.plane(0).begin(), ycc.plane(0).end(), grey.plane(c).begin());
  const auto delivered = way.DeliverHoldingLuma(grey, original, YCbCrMatrix::kBt709);
  const auto back = RgbToYCbCr(way.ToTrainingWithScale(delivered.rgb, original.highlight_scale), YCbCrMatrix::kBt709);
  for (int i = 0; i < 2; ++i) EXPECT_NEAR(back.plane(0)[i], ycc.plane(0)[i], 1e-5);
}

// OCIO's inverse is about 1 % off where the red modifier of the RRT acts; skin must come back as it went in.
TEST(TrainingTransform, SkinTonesAreDeliveredWithTheirChroma) {
  const auto config = ColorConfig::BuiltIn();
  const auto way = For(config, "ACES2065-1");
  const auto asked =
      Pixels({{.78F, .55F, .45F}, {.5F, .3F, .22F}, {.9F, .7F, .62F}, {.35F, .18F, .12F}}, image::kTrainingDisplay);
  const auto delivered = way.DeliverHoldingLuma(asked, {asked, {}, 0.0, {}}, YCbCrMatrix::kBt709);
  EXPECT_TRUE(delivered.limited.empty());
  const auto back = way.ToTrainingWithScale(delivered.rgb, {});
  for (std::size_t i = 0; i < asked.values().size(); ++i) EXPECT_NEAR(back.values()[i], asked.values()[i], 1e-5) << i;
}

// The ODT's inverse does not undo it for saturated colours: (1, 1, 0) comes back with a blue of .56. Whatever is asked,
// what is delivered must show the luma that was held.
TEST(TrainingTransform, DeliveryHoldsTheLumaOfEveryDisplayColour) {
  constexpr unsigned kSeed = 7;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<float> value(0.F, 1.F);
  image::Image asked({100, 100}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (float& v : asked.values()) v = value(random);
  const auto config = ColorConfig::BuiltIn();
  const auto way = For(config, "ACES2065-1");
  const auto delivered = way.DeliverHoldingLuma(asked, {asked, {}, 0.0, {}}, YCbCrMatrix::kBt709);
  EXPECT_TRUE(delivered.unheld.empty());
  EXPECT_FALSE(delivered.limited.empty());
  EXPECT_TRUE(std::is_sorted(delivered.limited.begin(), delivered.limited.end()));
  const auto want = RgbToYCbCr(asked, YCbCrMatrix::kBt709);
  const auto got = RgbToYCbCr(way.ToTrainingWithScale(delivered.rgb, {}), YCbCrMatrix::kBt709);
  for (std::size_t i = 0; i < asked.pixel_count(); ++i) ASSERT_NEAR(got.plane(0)[i], want.plane(0)[i], 2e-5) << i;
}

TEST(TrainingTransform, PicturesOfAnotherDomainOrSizeAreRefused) {
  const auto config = ColorConfig::BuiltIn();
  const auto way = For(config, "ACEScg");
  EXPECT_THROW(way.FromTraining(Pixels({{0.F, 0.F, 0.F}}, image::kTrainingLog), {}), std::invalid_argument);
  EXPECT_THROW(
      way.FromTraining(Pixels({{0.F, 0.F, 0.F}}, image::kTrainingDisplay), image::Image({2, 1}, {"scale"}, "")),
      std::invalid_argument);
  EXPECT_THROW(ParseTrainingDomain("video"), ColorError);
  EXPECT_EQ(ParseTrainingRoute(NameOf(TrainingRoute::kRec709Odt)), TrainingRoute::kRec709Odt);
}

// Scans have noise around black: whatever the signs, nothing may run away, and all must come back.
TEST(ExposureScale, AnyPixelIsBoundedAndComesBack) {
  const unsigned seed = static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed());
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> exponent(-9.F, 4.F);
  std::uniform_int_distribution<int> kind(0, 4);
  const auto component = [&] {
    const float size = std::pow(10.F, exponent(random));
    const int k = kind(random);
    return k == 0 ? 0.F : k <= 2 ? -size : size;
  };
  image::Image picture({200, 100}, {"R", "G", "B"}, "ACES2065-1");
  for (float& v : picture.values()) v = component();
  const float awkward[][3] = {{-1e-7F, -1.F, -.5F}, {1e-7F, -1.F, -.5F}, {0.F, 0.F, -1.F}, {0.F, -0.F, 0.F}};
  for (std::size_t i = 0; i < std::size(awkward); ++i) {
    for (int c = 0; c < 3; ++c) picture.plane(c)[i] = awkward[i][c];
  }
  auto scaled = picture;
  const auto scale = TakeExposureScale(scaled);
  for (const float v : scaled.values()) ASSERT_LE(std::abs(v), kHighCeiling * 1.000001F);
  auto returned = scaled;
  MultiplyByScale(returned, scale);
  for (std::size_t i = 0; i < picture.values().size(); ++i) {
    const float was = picture.values()[i];
    ASSERT_NEAR(returned.values()[i], was, 1e-6F * std::abs(was)) << "sample " << i;
  }
}

// A dark, noisy corner of a scan through the whole way: finite in the domain, and delivered with its luma.
TEST(TrainingTransform, NegativeNoiseKeepsItsLumaThroughTheOdt) {
  const auto config = ColorConfig::BuiltIn();
  const TrainingTransform way(config, "ACES2065-1", TrainingRoute::kRec709Odt);
  std::mt19937 random(20261121);
  std::normal_distribution<float> noise(0.F, .002F);
  image::Image picture({64, 64}, {"R", "G", "B"}, "ACES2065-1");
  for (float& v : picture.values()) v = noise(random);
  const auto training = way.ToTraining(picture);
  for (const float v : training.rgb.values()) ASSERT_TRUE(std::isfinite(v) && std::abs(v) < 2.F) << v;
  // Its luma with no colour at all: what a model may well predict there.
  auto planes = image::RgbToYCbCr(training.rgb, YCbCrMatrix::kBt709);
  for (const int plane : {1, 2}) std::ranges::fill(planes.plane(plane), 0.F);
  const auto delivered =
      way.DeliverHoldingLuma(image::YCbCrToRgb(planes, YCbCrMatrix::kBt709), training, YCbCrMatrix::kBt709);
  EXPECT_TRUE(delivered.unheld.empty());
  const auto back = image::RgbToYCbCr(way.ToTrainingWithScale(delivered.rgb, training.highlight_scale), YCbCrMatrix::kBt709);
  for (std::size_t i = 0; i < back.pixel_count(); ++i) {
    ASSERT_NEAR(back.plane(0)[i], planes.plane(0)[i], 1.5e-5) << "pixel " << i;
  }
  for (const float v : delivered.rgb.values()) ASSERT_TRUE(std::isfinite(v) && std::abs(v) < 1.F) << v;
}

TEST(ExposureScale, JoinsWithoutAStepAndKeepsThePeakInReach) {
  float last = 0.F;
  for (float peak = -1.F; peak < 100.F; peak += .001F) {
    const float scale = ExposureScale(peak);
    const float scaled = scale == 0.F ? kFloor : peak / scale;
    ASSERT_GE(scaled, kFloor * .9999F) << peak;
    ASSERT_LT(scaled, kHighCeiling) << peak;
    if (peak > 0.F) {
      ASSERT_GE(scaled, last - 1e-6F) << peak;
    }
    last = scaled;
  }
  EXPECT_EQ(ExposureScale(.18F), 1.F);
  EXPECT_NEAR(ExposureScale(12.F), 12.F / 8.F, 1e-6);
}

}  // namespace
}  // namespace interneg::color
