#include "worker/engine/image/image.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::image {
namespace {

TEST(Image, RefusesAnEmptySizeAndNoChannels) {
  EXPECT_THROW(Image({0, 4}, {"R"}, "s"), std::invalid_argument);
  EXPECT_THROW(Image({4, -1}, {"R"}, "s"), std::invalid_argument);
  EXPECT_THROW(Image({4, 4}, {}, "s"), std::invalid_argument);
}

TEST(Image, PlanesLieOneBehindTheOther) {
  Image image({3, 2}, {"R", "G"}, "s");
  image.plane(1)[4] = 7.0F;
  EXPECT_EQ(image.values()[6 + 4], 7.0F);
  EXPECT_THROW(image.plane(2), std::out_of_range);
}

TEST(Crop, TakesTheRectangleOfEveryPlane) {
  Image image({4, 3}, {"a", "b"}, "s");
  for (std::size_t i = 0; i < image.values().size(); ++i) image.values()[i] = static_cast<float>(i);
  const Image out = Crop(image, {1, 1, {2, 2}});
  EXPECT_EQ(out.plane(0)[0], 5.0F);
  EXPECT_EQ(out.plane(0)[3], 10.0F);
  EXPECT_EQ(out.plane(1)[0], 17.0F);
  EXPECT_THROW(Crop(image, {3, 0, {2, 2}}), std::invalid_argument);
}

TEST(ClampedToUnit, LimitsValuesAndTurnsNanIntoZero) {
  Image image({4, 1}, {"a"}, "s");
  auto plane = image.plane(0);
  plane[0] = -1.0F;
  plane[1] = 0.25F;
  plane[2] = std::numeric_limits<float>::infinity();
  plane[3] = std::nanf("");
  const Image out = ClampedToUnit(image);
  EXPECT_EQ(out.plane(0)[0], 0.0F);
  EXPECT_EQ(out.plane(0)[1], 0.25F);
  EXPECT_EQ(out.plane(0)[2], 1.0F);
  EXPECT_EQ(out.plane(0)[3], 0.0F);
}

}  // namespace
}  // namespace interneg::image
