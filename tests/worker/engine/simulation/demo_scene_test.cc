#include "worker/engine/simulation/demo_scene.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "worker/engine/image/ycbcr.h"

namespace interneg::simulation {
namespace {

TEST(DemoScene, SameArgumentsGiveTheSamePixelsAndFramesMove) {
  const auto one = DrawDemoScene({160, 90}, 3, 10), again = DrawDemoScene({160, 90}, 3, 10);
  EXPECT_TRUE(std::equal(one.values().begin(), one.values().end(), again.values().begin()));
  const auto next = DrawDemoScene({160, 90}, 4, 10);
  EXPECT_FALSE(std::equal(one.values().begin(), one.values().end(), next.values().begin()));
}

TEST(DemoScene, CoversBlackWhiteAndStrongColour) {
  const auto scene = DrawDemoScene({320, 180}, 0, 49);
  const auto [low, high] = std::minmax_element(scene.values().begin(), scene.values().end());
  EXPECT_GE(*low, 0.F);
  EXPECT_LE(*high, 1.F);
  const auto ycc = image::RgbToYCbCr(scene, image::YCbCrMatrix::kBt709);
  const auto [dark, bright] = std::minmax_element(ycc.plane(0).begin(), ycc.plane(0).end());
  EXPECT_LT(*dark, .06F);
  EXPECT_GT(*bright, .9F);
  for (int c = 1; c < 3; ++c) {
    const auto [least, most] = std::minmax_element(ycc.plane(c).begin(), ycc.plane(c).end());
    EXPECT_LT(*least, -.2F) << c;
    EXPECT_GT(*most, .2F) << c;
  }
}

TEST(DemoScene, FramesAndSizesThatCannotBeAreRefused) {
  EXPECT_THROW(DrawDemoScene({320, 180}, 5, 5), std::invalid_argument);
  EXPECT_THROW(DrawDemoScene({320, 180}, -1, 5), std::invalid_argument);
  EXPECT_THROW(DrawDemoScene({32, 32}, 0, 1), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::simulation
