#include "worker/engine/image/ycbcr.h"

#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::image {
namespace {

Image OnePixel(float r, float g, float b) {
  Image image({1, 1}, {"R", "G", "B"}, kTrainingDisplay);
  image.plane(0)[0] = r;
  image.plane(1)[0] = g;
  image.plane(2)[0] = b;
  return image;
}

// BT.709-6 primaries: pure red has Y' = kr and Cr at its extreme; the Cb of red is −kr / (2 (1 − kb)).
TEST(YCbCr, RedInBt709HasTheStandardsValues) {
  const Image out = RgbToYCbCr(OnePixel(1, 0, 0), YCbCrMatrix::kBt709);
  EXPECT_NEAR(out.plane(0)[0], 0.2126, 1e-7);
  EXPECT_NEAR(out.plane(1)[0], -0.114572, 1e-6);
  EXPECT_NEAR(out.plane(2)[0], 0.5, 1e-7);
}

TEST(YCbCr, BlueInBt601HasTheStandardsValues) {
  const Image out = RgbToYCbCr(OnePixel(0, 0, 1), YCbCrMatrix::kBt601);
  EXPECT_NEAR(out.plane(0)[0], 0.114, 1e-7);
  EXPECT_NEAR(out.plane(1)[0], 0.5, 1e-7);
  EXPECT_NEAR(out.plane(2)[0], -0.081312, 1e-6);
}

TEST(YCbCr, GreyHasNoChromaInAnyMatrix) {
  for (const auto matrix : {YCbCrMatrix::kBt601, YCbCrMatrix::kBt709, YCbCrMatrix::kBt2020}) {
    const Image out = RgbToYCbCr(OnePixel(0.4F, 0.4F, 0.4F), matrix);
    EXPECT_NEAR(out.plane(0)[0], 0.4, 1e-7);
    EXPECT_NEAR(out.plane(1)[0], 0.0, 1e-7);
    EXPECT_NEAR(out.plane(2)[0], 0.0, 1e-7);
  }
}

TEST(YCbCr, ThereAndBackIsTheSameColour) {
  constexpr unsigned kSeed = 20;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<float> value(-0.5F, 3.0F);
  for (const auto matrix : {YCbCrMatrix::kBt601, YCbCrMatrix::kBt709, YCbCrMatrix::kBt2020}) {
    const Image in = OnePixel(value(random), value(random), value(random));
    const Image out = YCbCrToRgb(RgbToYCbCr(in, matrix), matrix);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(out.plane(c)[0], in.plane(c)[0], 2e-6);
  }
}

TEST(YCbCr, NamesParseAndUnknownOnesListWhatIsRight) {
  EXPECT_EQ(ParseYCbCrMatrix("bt2020"), YCbCrMatrix::kBt2020);
  try {
    ParseYCbCrMatrix("rec709");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("bt601, bt709 or bt2020"), std::string::npos);
  }
}

}  // namespace
}  // namespace interneg::image
