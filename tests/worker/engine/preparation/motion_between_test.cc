#include "worker/engine/preparation/motion_between.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace interneg::preparation {
namespace {

image::Image Pattern(image::Size size, double moved_px) {
  image::Image picture(size, {"Y"}, "");
  std::size_t i = 0;
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x, ++i) {
      const double at = x - moved_px;
      picture.values()[i] = static_cast<float>(0.5 + 0.2 * std::sin(0.21 * at + 0.1 * y) * std::cos(0.17 * y) +
                                               0.1 * std::sin(0.5 * at - 0.3 * y));
    }
  }
  return picture;
}

TEST(MotionBetween, SaysForEveryPixelWhereItIsFound) {
  const auto field = MotionBetween(Pattern({97, 75}, 0), Pattern({97, 75}, 3.5));
  ASSERT_EQ(field.dx_px.size(), 97U * 75U);
  const std::size_t middle = 40U * 97U + 50U;
  EXPECT_NEAR(field.dx_px[middle], 3.5F, 0.26F);
  EXPECT_NEAR(field.dy_px[middle], 0.0F, 0.26F);
}

TEST(MotionBetween, PicturesMustHaveOneSize) {
  EXPECT_THROW(MotionBetween(Pattern({97, 75}, 0), Pattern({96, 75}, 0)), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::preparation
