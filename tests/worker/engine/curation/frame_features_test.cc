#include "worker/engine/curation/frame_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "tests/worker/engine/curation/drawn_shots.h"
#include "worker/engine/curation/descriptor.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"
#include "worker/engine/simulation/generation_loss.h"

namespace interneg::curation {
namespace {

const Beside kIntact{nullptr, SourceColor::kIntact};

TEST(FrameFeatures, LightIsMeanPercentilesAndHistogramOfLuma) {
  image::Image picture = Flat(.25);
  Fill(picture, {0, 0, {160, 45}}, {.75F, .75F, .75F});
  const auto light = MeasureFrame(picture, kIntact).light;
  EXPECT_NEAR(light.mean, .5, 1e-6);
  EXPECT_NEAR(light.deviation, .25, 1e-5);
  EXPECT_NEAR(light.low, .25, 1e-5);
  EXPECT_NEAR(light.high, .75, 1e-5);
  EXPECT_NEAR(light.histogram[4] + light.histogram[3], .5, 1e-6);
  EXPECT_NEAR(std::accumulate(light.histogram.begin(), light.histogram.end(), 0.0), 1.0, 1e-9);
}

TEST(FrameFeatures, AreNearlyTheSameAtAnotherSize) {
  const auto small = MeasureFrame(simulation::DrawDemoScene({240, 136}, 3, 10), kIntact);
  const auto large = MeasureFrame(simulation::DrawDemoScene({400, 226}, 3, 10), kIntact);
  EXPECT_LT(Distance(small.layout, large.layout), .02);
  EXPECT_NEAR(small.light.mean, large.light.mean, .01);
  for (int f = 0; f < kFamilyCount; ++f) EXPECT_NEAR(small.families[f], large.families[f], .04) << f;
}

TEST(FrameFeatures, FamiliesComeFromTheReferenceWhenThereIsOne) {
  const auto clean = simulation::DrawDemoScene({320, 180}, 0, 10);
  const auto faded = simulation::FadeFrame(clean, {simulation::ParseRetention("severe")}, 1);
  const auto truth = MeasureFrame(clean, kIntact);
  const auto with = MeasureFrame(faded, {&clean}), without = MeasureFrame(faded, {});
  EXPECT_EQ(with.family_basis, FamilyBasis::kReference);
  EXPECT_EQ(without.family_basis, FamilyBasis::kResidualColor);
  EXPECT_EQ(truth.family_basis, FamilyBasis::kSourceColor);
  EXPECT_EQ(with.families, truth.families);
  EXPECT_GT(truth.families[static_cast<std::size_t>(Family::kFoliage)], .02);
  // The network's input is described by the source all the same.
  EXPECT_EQ(with.layout, without.layout);
}

TEST(Sharpness, FallsWithBlurAndNotWithContrastOrFading) {
  const auto clean = simulation::DrawDemoScene({320, 180}, 0, 10);
  const double sharp = MeasureFrame(clean, kIntact).sharpness;
  EXPECT_LT(MeasureFrame(simulation::GaussianLoss(clean, 2.0), kIntact).sharpness, .5 * sharp);
  EXPECT_NEAR(MeasureFrame(Scaled(clean, .4), kIntact).sharpness, sharp, .02 * sharp);
  const auto faded = simulation::FadeFrame(clean, {simulation::ParseRetention("moderate")}, 1);
  EXPECT_NEAR(MeasureFrame(faded, kIntact).sharpness, sharp, .15 * sharp);
  EXPECT_DOUBLE_EQ(MeasureFrame(Flat(.5), kIntact).sharpness, 0.0);
}

TEST(FrameFeatures, RefusePicturesThatCannotBeMeasured) {
  EXPECT_THROW(MeasureFrame(image::Image({12, 90}, {"R", "G", "B"}, ""), kIntact), std::invalid_argument);
  EXPECT_THROW(MeasureFrame(image::Image({90, 90}, {"Y"}, ""), kIntact), std::invalid_argument);
  auto broken = Flat(.5);
  broken.plane(1)[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(MeasureFrame(broken, kIntact), std::invalid_argument);
  try {
    MeasureFrame(Flat(.5), {&broken});
    FAIL() << "a broken reference was measured";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("reference"), std::string::npos) << error.what();
  }
}

TEST(Descriptor, IsAMetricThatExposureDoesNotCorrelateAway) {
  const auto a = MeasureFrame(DrawShot(1, 0), kIntact).layout, b = MeasureFrame(DrawShot(2, 0), kIntact).layout;
  const auto dark = MeasureFrame(Scaled(DrawShot(1, 0), .6), kIntact).layout;
  EXPECT_DOUBLE_EQ(Distance(a, a), 0.0);
  EXPECT_DOUBLE_EQ(Distance(a, b), Distance(b, a));
  EXPECT_GT(Distance(a, b), .06);
  EXPECT_GT(LumaCorrelation(a, dark), .99);
  EXPECT_LT(LumaCorrelation(a, b), .6);
  EXPECT_DOUBLE_EQ(ChangedShare(a, a), 0.0);
  EXPECT_GT(ChangedShare(a, b), .4);
}

}  // namespace
}  // namespace interneg::curation
