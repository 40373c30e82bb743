#include "worker/engine/frames/sample_encoding.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace interneg::frames {
namespace {

TEST(HalfStep, IntegersHaveOneStepEverywhere) {
  EXPECT_DOUBLE_EQ(HalfStep(.3F, SampleEncoding::kUint8), .5 / 255);
  EXPECT_DOUBLE_EQ(HalfStep(.3F, SampleEncoding::kUint10), .5 / 1023);
  EXPECT_DOUBLE_EQ(HalfStep(.9F, SampleEncoding::kUint12), .5 / 4095);
  EXPECT_DOUBLE_EQ(HalfStep(-1.F, SampleEncoding::kUint16), .5 / 65535);
}

TEST(HalfStep, FloatsHaveHalfAUnitInTheLastPlace) {
  EXPECT_DOUBLE_EQ(HalfStep(1.F, SampleEncoding::kHalf), std::ldexp(1., -11));
  EXPECT_DOUBLE_EQ(HalfStep(-1.99F, SampleEncoding::kHalf), std::ldexp(1., -11));
  EXPECT_DOUBLE_EQ(HalfStep(2.F, SampleEncoding::kHalf), std::ldexp(1., -10));
  EXPECT_DOUBLE_EQ(HalfStep(0.F, SampleEncoding::kHalf), std::ldexp(1., -25));
  EXPECT_DOUBLE_EQ(HalfStep(1e-6F, SampleEncoding::kHalf), std::ldexp(1., -25));
  EXPECT_DOUBLE_EQ(HalfStep(std::ldexp(1.F, -14), SampleEncoding::kHalf), std::ldexp(1., -25));
  EXPECT_DOUBLE_EQ(HalfStep(65504.F, SampleEncoding::kHalf), 16.0);
  EXPECT_TRUE(std::isinf(HalfStep(65520.F, SampleEncoding::kHalf)));
  EXPECT_TRUE(std::isinf(HalfStep(std::numeric_limits<float>::quiet_NaN(), SampleEncoding::kHalf)));
  EXPECT_DOUBLE_EQ(HalfStep(1.F, SampleEncoding::kFloat), std::ldexp(1., -24));
}

}  // namespace
}  // namespace interneg::frames
