#include "worker/engine/image/motion_field.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace interneg::image {
namespace {

TEST(MotionField, BilinearRepeatsTheBorder) {
  const std::vector<float> plane = {0, 1, 2, 10, 11, 12};
  EXPECT_FLOAT_EQ(BilinearAt(plane, {3, 2}, 0.5F, 0.0F), 0.5F);
  EXPECT_FLOAT_EQ(BilinearAt(plane, {3, 2}, 1.0F, 0.5F), 6.0F);
  EXPECT_FLOAT_EQ(BilinearAt(plane, {3, 2}, -4.0F, -4.0F), 0.0F);
  EXPECT_FLOAT_EQ(BilinearAt(plane, {3, 2}, 9.0F, 9.0F), 12.0F);
}

TEST(MotionField, ChainFollowsTheFirstBeforeTheSecondIsRead) {
  MotionField first{{4, 1}, {1, 1, 1, 1}, {0, 0, 0, 0}}, second{{4, 1}, {0, 10, 20, 30}, {1, 2, 3, 4}};
  const auto chained = Chained(first, second);
  EXPECT_FLOAT_EQ(chained.dx_px[0], 11.0F);
  EXPECT_FLOAT_EQ(chained.dy_px[1], 3.0F);
  EXPECT_FLOAT_EQ(chained.dx_px[3], 31.0F) << "beyond the border its own counts";
}

TEST(MotionField, MustFit) {
  const MotionField field{{2, 2}, {0, 0, 0}, {0, 0, 0, 0}};
  EXPECT_THROW(RequireFits(field, {2, 2}, "test"), std::invalid_argument);
  EXPECT_TRUE(Contains({4, 4}, 3.4F, -0.4F));
  EXPECT_FALSE(Contains({4, 4}, 3.6F, 0.0F));
}

}  // namespace
}  // namespace interneg::image
