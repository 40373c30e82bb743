#include "worker/engine/alignment/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::alignment {
namespace {

image::Image Waves(image::Size size, double cycles_a_pixel) {
  image::Image out(size, {"Y"}, image::kTrainingDisplay);
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x) {
      out.plane(0)[static_cast<std::size_t>(y) * size.width_px + x] =
          static_cast<float>(.5 + .4 * std::sin(2 * std::numbers::pi * cycles_a_pixel * (x + .5 * y)));
    }
  }
  return out;
}

TEST(Resample, AConstantStaysConstantUnderAnyTransform) {
  image::Image flat({60, 50}, {"R", "G", "B"}, image::kTrainingDisplay);
  std::fill(flat.values().begin(), flat.values().end(), .37F);
  const Transform tilted({.7, .05, 3, -.04, 1.9, -2, 1e-4, 2e-4, 1});
  for (const auto filter : {ResampleFilter::kLanczos3, ResampleFilter::kBicubic}) {
    const auto out = Resample(flat, tilted, {40, 20}, filter);
    for (std::size_t i = 0; i < out.picture.pixel_count(); ++i) {
      if (out.coverage.plane(0)[i] <= 0.F) continue;
      EXPECT_NEAR(out.picture.plane(1)[i], .37, 1e-6);
    }
  }
}

TEST(Resample, AnIntegerShiftIsExact) {
  const auto waves = Waves({40, 30}, .23);
  for (const auto filter : {ResampleFilter::kLanczos3, ResampleFilter::kBicubic}) {
    const auto out = Resample(waves, Transform::ScaleAndShift(1, 1, 3, -2), {40, 30}, filter);
    for (int y = 2; y < 30; ++y) {
      for (int x = 0; x < 37; ++x) {
        ASSERT_EQ(out.picture.plane(0)[y * 40 + x], waves.plane(0)[(y - 2) * 40 + x + 3]);
        ASSERT_EQ(out.coverage.plane(0)[y * 40 + x], 1.F);
      }
      EXPECT_EQ(out.coverage.plane(0)[y * 40 + 38], 0.F);
    }
  }
}

// A sinusoid of a tenth of a cycle a pixel, moved by a fraction, is the sinusoid at the moved places.
TEST(Resample, LanczosMeetsABandLimitedSinusoid) {
  const auto waves = Waves({80, 60}, .1);
  const auto out = Resample(waves, Transform::ScaleAndShift(1, 1, .4, .3), {80, 60}, ResampleFilter::kLanczos3);
  for (int y = 5; y < 55; ++y) {
    for (int x = 5; x < 75; ++x) {
      const double truth = .5 + .4 * std::sin(2 * std::numbers::pi * .1 * (x + .4 + .5 * (y + .3)));
      ASSERT_NEAR(out.picture.plane(0)[y * 80 + x], truth, .005) << x << "," << y;
    }
  }
}

TEST(Resample, MadeSmallerWhatCannotBeShownVanishes) {
  // .4 cycles a pixel, made three times smaller, would come back as 1.2, an alias of .2: nothing but grey may be left.
  const auto out =
      Resample(Waves({240, 180}, .4), FrameToFrame({80, 60}, {240, 180}), {80, 60}, ResampleFilter::kLanczos3);
  for (int y = 5; y < 55; ++y) {
    for (int x = 5; x < 75; ++x) ASSERT_NEAR(out.picture.plane(0)[y * 80 + x], .5, .012);
  }
}

TEST(Resample, CoverageIsTheShareOfTheFootprint) {
  const auto out =
      Resample(Waves({20, 20}, .1), Transform::ScaleAndShift(1, 1, .25, 0), {20, 20}, ResampleFilter::kBicubic);
  EXPECT_NEAR(out.coverage.plane(0)[19], .75, 1e-6);
  EXPECT_NEAR(out.coverage.plane(0)[0], 1.0, 1e-6);
}

TEST(Resample, AFieldShiftsBeforeTheTransform) {
  const auto waves = Waves({40, 30}, .1);
  DisplacementField field{{40, 30}, std::vector<float>(1200, 2.F), std::vector<float>(1200, 1.F)};
  const auto moved = ResampleWithField(waves, Transform(), field, ResampleFilter::kLanczos3);
  EXPECT_EQ(moved.picture.plane(0)[10 * 40 + 10], waves.plane(0)[11 * 40 + 12]);
  field.dx_px.pop_back();
  EXPECT_THROW(ResampleWithField(waves, Transform(), field, ResampleFilter::kLanczos3), std::invalid_argument);
}

TEST(Resample, AnEmptyReferenceIsRefused) {
  EXPECT_THROW(Resample(image::Image(), Transform(), {4, 4}, ResampleFilter::kBicubic), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::alignment
