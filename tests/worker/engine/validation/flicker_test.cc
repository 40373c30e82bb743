#include "worker/engine/validation/flicker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace interneg::validation {
namespace {

constexpr image::Size kSize{40, 24};

// Two planes of a slope that moves right by `moved_px`, plus `offset`.
image::Image Slope(double moved_px, float offset) {
  image::Image picture(kSize, {"Cb", "Cr"}, "");
  for (int c = 0; c < 2; ++c) {
    std::size_t i = 0;
    for (int y = 0; y < kSize.height_px; ++y) {
      for (int x = 0; x < kSize.width_px; ++x, ++i) {
        picture.plane(c)[i] = static_cast<float>(0.01 * (x - moved_px) + 0.002 * y) + offset;
      }
    }
  }
  return picture;
}

image::MotionField Moving(float dx) {
  const std::size_t pixels = static_cast<std::size_t>(kSize.width_px) * kSize.height_px;
  return {kSize, std::vector<float>(pixels, dx), std::vector<float>(pixels, 0.0F)};
}

TEST(Flicker, MotionAloneIsNone) {
  EXPECT_NEAR(TemporalDifference(Slope(0, 0), Slope(2.5, 0), Moving(2.5F)), 0.0, 2e-4);
  EXPECT_NEAR(TemporalDifference(Slope(0, 0), Slope(2.5, 0), Moving(0)), 0.025, 1e-4);
}

TEST(Flicker, IsWhatThePlanesJumpByBeyondWhatIsRight) {
  const double result = TemporalDifference(Slope(0, 0.01F), Slope(3, -0.02F), Moving(3));
  const double right = TemporalDifference(Slope(0, 0), Slope(3, 0.005F), Moving(3));
  EXPECT_NEAR(result, 0.03, 1e-5);
  EXPECT_NEAR(Flicker(result, right), 0.025, 1e-5);
  EXPECT_EQ(Flicker(right, result), 0.0);
}

TEST(Flicker, PixelsWithoutWeightDoNotCount) {
  auto next = Slope(0, 0);
  next.plane(0)[5] += 100.0F;
  std::vector<float> weight(next.pixel_count(), 1.0F);
  weight[5] = 0.0F;
  EXPECT_NEAR(TemporalDifference(Slope(0, 0), next, Moving(0), weight), 0.0, 1e-6);
  EXPECT_EQ(TemporalDifference(Slope(0, 0), next, Moving(1000)), 0.0) << "all leave the picture";
}

TEST(Flicker, VisibleIsWhereThePictureAgreesAlongTheMotion) {
  auto next = Slope(4, 0);
  next.plane(0)[10] += 0.5F;
  const auto visible = VisibleShare(Slope(0, 0), next, Moving(4));
  EXPECT_EQ(visible[0], 1.0F);
  EXPECT_EQ(visible[6], 0.0F) << "what lies at 10 is something else";
  EXPECT_EQ(visible[static_cast<std::size_t>(kSize.width_px) - 1], 0.0F) << "left the picture";
}

TEST(Flicker, DifferentSizesAreRefused) {
  const image::Image other({8, 8}, {"Cb", "Cr"}, "");
  EXPECT_THROW(TemporalDifference(Slope(0, 0), other, Moving(0)), std::invalid_argument);
  EXPECT_THROW(TemporalDifference(other, other, Moving(0)), std::invalid_argument);
  EXPECT_THROW(TemporalDifference(Slope(0, 0), Slope(0, 0), Moving(0), std::vector<float>(3)), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::validation
