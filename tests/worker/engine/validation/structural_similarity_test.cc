#include "worker/engine/validation/structural_similarity.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/worker/engine/validation/drawn_element.h"

namespace interneg::validation {
namespace {

TEST(LumaMsSsim, IsOneForEqualPicturesAndFallsWithBlurAndNoise) {
  const auto sharp = BlurredSquares({276, 184}, .6, 1);
  EXPECT_NEAR(LumaMsSsim(sharp, sharp), 1.0, 1e-12);
  const double soft = LumaMsSsim(BlurredSquares({276, 184}, 1.5, 1), sharp);
  const double softer = LumaMsSsim(BlurredSquares({276, 184}, 3, 1), sharp);
  EXPECT_LT(soft, 0.999);
  EXPECT_LT(softer, soft);
  auto noisy = sharp;
  AddWhiteNoise(noisy, .1, 2);
  EXPECT_LT(LumaMsSsim(noisy, sharp), 0.95);
}

TEST(LumaMsSsim, OfSmallPicturesTakesTheScalesThatFit) {
  const auto grey = Grey({20, 12}, .4F), brighter = Grey({20, 12}, .8F);
  EXPECT_NEAR(LumaMsSsim(grey, grey), 1.0, 1e-12);
  EXPECT_NEAR(LumaMsSsim(brighter, grey), (2 * .4 * .8 + 1e-4) / (.16 + .64 + 1e-4), 1e-4);  // luminance alone differs
  EXPECT_THROW(LumaMsSsim(Grey({20, 10}, .4F), Grey({20, 10}, .4F)), std::invalid_argument);
  EXPECT_THROW(LumaMsSsim(grey, Grey({21, 12}, .4F)), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::validation
