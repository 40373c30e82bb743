#include "worker/engine/image/gaussian.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::image {
namespace {

TEST(GaussianBlurred, ADotBecomesAGaussianOfThatSigma) {
  const Size size{41, 35};
  std::vector<float> dot(41 * 35, 0.0F);
  dot[17 * 41 + 20] = 1.0F;
  const auto blurred = GaussianBlurred(dot, size, 2.0);
  EXPECT_NEAR(std::accumulate(blurred.begin(), blurred.end(), 0.0), 1.0, 1e-5);
  for (const int r : {1, 2, 4}) {
    EXPECT_NEAR(blurred[17 * 41 + 20 + r] / blurred[17 * 41 + 20], std::exp(-0.5 * r * r / 4.0), 1e-5);
    EXPECT_FLOAT_EQ(blurred[(17 + r) * 41 + 20], blurred[17 * 41 + 20 + r]);
  }
}

TEST(GaussianBlurred, KeepsAConstantUpToItsBorders) {
  for (const float v : GaussianBlurred(std::vector<float>(7 * 5, 0.6F), {7, 5}, 3.0)) EXPECT_NEAR(v, 0.6F, 1e-6);
}

TEST(GaussianBlurred, RefusesNoSigmaAndAnotherSize) {
  EXPECT_THROW(GaussianBlurred(std::vector<float>(9), {3, 3}, 0.0), std::invalid_argument);
  EXPECT_THROW(GaussianBlurred(std::vector<float>(8), {3, 3}, 1.0), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::image
