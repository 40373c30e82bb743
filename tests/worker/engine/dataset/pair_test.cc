#include "worker/engine/dataset/pair.h"

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::dataset {
namespace {

using ::testing::HasSubstr;

image::Image Ramp(int width_px, int height_px, float step) {
  image::Image image({width_px, height_px}, {"R", "G", "B"}, image::kTrainingDisplay);
  float value = 0;
  for (float& v : image.values()) v = value += step;
  return image;
}

std::vector<Pair> GoodPairs() {
  return {{1, Ramp(8, 6, .001F), Ramp(8, 6, .002F), {}}, {5, Ramp(8, 6, .0015F), Ramp(8, 6, .003F), {}}};
}

std::string Refusal(const std::vector<Pair>& pairs) {
  try {
    CheckTrainingPairs(pairs);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(TrainingPairs, GoodOnesPass) {
  EXPECT_EQ(Refusal(GoodPairs()), "");
}

TEST(TrainingPairs, FewerThanTwoAreRefused) {
  auto pairs = GoodPairs();
  pairs.pop_back();
  EXPECT_THAT(Refusal(pairs), HasSubstr("at least two"));
}

TEST(TrainingPairs, AFrameNamedTwiceIsRefused) {
  auto pairs = GoodPairs();
  pairs[1].frame = 1;
  EXPECT_THAT(Refusal(pairs), HasSubstr("frame 1: the frame is named twice"));
}

TEST(TrainingPairs, DifferentSizesAreRefusedByFrame) {
  auto pairs = GoodPairs();
  pairs[1].reference = Ramp(9, 6, .01F);
  EXPECT_THAT(Refusal(pairs), HasSubstr("frame 5: the source is 8x6 and the reference 9x6"));
  pairs[1].source = Ramp(9, 6, .02F);
  EXPECT_THAT(Refusal(pairs), HasSubstr("frame 5: its size is 9x6 but the others are 8x6"));
}

TEST(TrainingPairs, ConstantFramesAreRefused) {
  auto pairs = GoodPairs();
  pairs[0].source = image::Image({8, 6}, {"R", "G", "B"}, image::kTrainingDisplay);
  EXPECT_THAT(Refusal(pairs), HasSubstr("frame 1: the source is one constant colour"));
}

TEST(TrainingPairs, AReferenceIdenticalToItsSourceIsRefused) {
  auto pairs = GoodPairs();
  pairs[1].reference = pairs[1].source;
  EXPECT_THAT(Refusal(pairs), HasSubstr("frame 5: the reference is identical"));
}

TEST(TrainingPairs, PixelsThatAreNotFiniteAreNamed) {
  auto pairs = GoodPairs();
  pairs[1].source.plane(1)[8 * 2 + 3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(Refusal(pairs), HasSubstr("channel G, x 3, y 2"));
}

TEST(TrainingPairs, AConfidenceOfAnotherSizeOrRangeIsRefused) {
  auto pairs = GoodPairs();
  pairs[0].confidence = image::Image({7, 6}, {"W"}, "");
  EXPECT_THAT(Refusal(pairs), HasSubstr("confidence map must be one plane of 8x6"));
  pairs[0].confidence = image::Image({8, 6}, {"W"}, "");
  pairs[0].confidence->plane(0)[0] = 1.5F;
  EXPECT_THAT(Refusal(pairs), HasSubstr("outside 0 to 1"));
}

TEST(HeldOutPairs, NeedNotBeTwoButMustFit) {
  auto pairs = GoodPairs();
  pairs.pop_back();
  EXPECT_NO_THROW(CheckHeldOutPairs(pairs, {8, 6}));
  EXPECT_THROW(CheckHeldOutPairs(pairs, {8, 7}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::dataset
