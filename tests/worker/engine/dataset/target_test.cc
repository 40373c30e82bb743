#include "worker/engine/dataset/target.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "worker/engine/dataset/random.h"

namespace interneg::dataset {
namespace {

// Random pixels that also leave [0, 1], as ingested frames may.
Pair RandomPair(std::uint64_t seed) {
  Random random(seed);
  const auto draw = [&] {
    image::Image image({33, 21}, {"R", "G", "B"}, image::kTrainingDisplay);
    for (float& v : image.values()) v = static_cast<float>(random.Uniform(-0.2, 1.3));
    return image;
  };
  image::Image source = draw();
  return {3, std::move(source), draw(), {}};
}

constexpr auto kMatrix = image::YCbCrMatrix::kBt709;

bool SamePlane(const image::Image& a, const image::Image& b, int plane) {
  return std::ranges::equal(a.plane(plane), b.plane(plane));
}

TEST(Target, ChromaHoldsLumaAndTakesTheReferencesChroma) {
  const Pair pair = RandomPair(1);
  const Target target = BuildTarget(pair, Recovery::kChroma, kMatrix);
  const auto reference = image::RgbToYCbCr(image::ClampedToUnit(pair.reference), kMatrix);
  EXPECT_TRUE(SamePlane(target.truth, target.input, 0));
  EXPECT_TRUE(SamePlane(target.truth, reference, 1));
  EXPECT_TRUE(SamePlane(target.truth, reference, 2));
}

TEST(Target, SpatialHoldsChromaAndTakesTheReferencesLuma) {
  const Pair pair = RandomPair(2);
  const Target target = BuildTarget(pair, Recovery::kSpatial, kMatrix);
  const auto reference = image::RgbToYCbCr(image::ClampedToUnit(pair.reference), kMatrix);
  EXPECT_TRUE(SamePlane(target.truth, reference, 0));
  EXPECT_TRUE(SamePlane(target.truth, target.input, 1));
  EXPECT_TRUE(SamePlane(target.truth, target.input, 2));
}

TEST(Target, NothingButTheFreePlanesEverDiffers) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const auto recovery : {Recovery::kChroma, Recovery::kSpatial, Recovery::kCombined, Recovery::kDirect}) {
      for (const auto match : {LumaMatch::kOff, LumaMatch::kLowFrequency}) {
        EXPECT_EQ(HeldPlaneDifference(BuildTarget(RandomPair(seed), recovery, kMatrix, match), recovery), 0.0)
            << "seed " << seed;
      }
    }
  }
}

TEST(Target, HeldPlaneDifferenceSeesATamperedPlane) {
  Target target = BuildTarget(RandomPair(4), Recovery::kChroma, kMatrix);
  target.truth.plane(0)[7] += 0.25F;
  EXPECT_NEAR(HeldPlaneDifference(target, Recovery::kChroma), 0.25, 1e-6);
  EXPECT_EQ(HeldPlaneDifference(target, Recovery::kDirect), 0.0);
}

TEST(Target, BothBranchesAreClampedBeforeTheSplit) {
  Pair pair = RandomPair(5);
  std::ranges::fill(pair.source.values(), 3.0F);
  std::ranges::fill(pair.reference.values(), -1.0F);
  const Target target = BuildTarget(pair, Recovery::kCombined, kMatrix);
  EXPECT_NEAR(target.input.plane(0)[0], 1.0, 1e-6);
  EXPECT_NEAR(target.truth.plane(0)[0], 0.0, 1e-6);
}

TEST(Target, LowFrequencyMatchRemovesAGradeButKeepsDetail) {
  image::Image source({96, 96}, {"R", "G", "B"}, image::kTrainingDisplay), reference = source;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < 96; ++y) {
      for (int x = 0; x < 96; ++x) {
        source.plane(c)[y * 96 + x] = 0.3F;
        reference.plane(c)[y * 96 + x] = 0.6F + ((x + y) % 2 == 0 ? 0.1F : -0.1F);
      }
    }
  }
  const Target target = BuildTarget({1, source, reference, {}}, Recovery::kSpatial, kMatrix, LumaMatch::kLowFrequency);
  const auto luma = target.truth.plane(0);
  EXPECT_NEAR((luma[48 * 96 + 48] + luma[48 * 96 + 49]) / 2, 0.3, 0.01);
  EXPECT_NEAR(luma[48 * 96 + 48] - luma[48 * 96 + 49], 0.2, 0.01);
}

TEST(Recovery, NamesGoBothWaysAndUnknownOnesAreListed) {
  for (const auto recovery : {Recovery::kChroma, Recovery::kSpatial, Recovery::kCombined, Recovery::kDirect}) {
    EXPECT_EQ(ParseRecovery(NameOf(recovery)), recovery);
  }
  EXPECT_THROW(ParseRecovery("colour"), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::dataset
