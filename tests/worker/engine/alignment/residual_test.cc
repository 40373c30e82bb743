#include "worker/engine/alignment/residual.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "worker/engine/alignment/resample.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{320, 240};

image::Image Scene(int index) { return simulation::DrawDemoScene(kSize, index, 49); }

image::Image Trusted() {
  image::Image plane(kSize, {"coverage"}, "");
  for (float& v : plane.values()) v = 1.0F;
  return plane;
}

image::Image Shifted(const image::Image& picture, double dx) {
  return Resample(picture, Transform::ScaleAndShift(1, 1, dx, 0), kSize, ResampleFilter::kLanczos3).picture;
}

TEST(Residual, AFadedPrintAndItsGradedReferenceAgree) {
  simulation::FadeOptions fade;
  fade.retention = {.12, 1, .74};
  auto graded = Scene(20);
  for (float& v : graded.values()) v = std::pow(v, 0.95F);
  const auto residual = MeasureResidual(simulation::FadeFrame(Scene(20), fade, 1), graded, Trusted());
  EXPECT_EQ(residual.verdict, Verdict::kGood) << residual.figure;
  EXPECT_GT(residual.structured, 0.2);
  EXPECT_TRUE(residual.reason.empty());
}

TEST(Residual, AnotherMomentIsUnusable) {
  const auto residual = MeasureResidual(Scene(2), Shifted(Scene(40), 31), Trusted());
  EXPECT_EQ(residual.verdict, Verdict::kUnusable) << residual.figure;
  EXPECT_NE(residual.reason.find("structure is left"), std::string::npos);
}

TEST(Residual, GrowsWithTheShift) {
  double before = -1;
  for (const double dx : {0.0, 2.0, 5.0, 11.0}) {
    const auto residual = MeasureResidual(Scene(10), Shifted(Scene(10), dx), Trusted());
    EXPECT_GT(residual.figure, before) << dx;
    before = residual.figure + 1e-9;
  }
}

TEST(Residual, WhatIsNotTrustedCountsNothingAndGetsNoConfidence) {
  auto reference = Scene(10);
  auto trusted = Trusted();
  for (int y = 0; y < kSize.height_px; ++y) {
    for (int x = 0; x < 120; ++x) {
      const auto i = static_cast<std::size_t>(y) * kSize.width_px + x;
      trusted.plane(0)[i] = 0.0F;
      for (int c = 0; c < 3; ++c) reference.plane(c)[i] = static_cast<float>((x * 7 + y * 3) % 11) / 11.0F;
    }
  }
  const auto residual = MeasureResidual(Scene(10), reference, trusted);
  EXPECT_EQ(residual.confidence.plane(0)[5], 0.0F);
  EXPECT_GT(residual.confidence.plane(0)[100 * 320 + 250], 0.9F);
  EXPECT_EQ(residual.verdict, Verdict::kGood) << residual.figure;
}

TEST(Residual, FlatPicturesHaveNothingThatCouldDiffer) {
  image::Image flat(kSize, {"R", "G", "B"}, image::kTrainingDisplay);
  const auto residual = MeasureResidual(flat, flat, Trusted());
  EXPECT_EQ(residual.figure, 0.0);
  EXPECT_EQ(residual.structured, 0.0);
  EXPECT_THROW(MeasureResidual(flat, image::Image({8, 8}, {"R", "G", "B"}, ""), Trusted()), std::invalid_argument);
}

TEST(DifferenceSheet, ShowsFourPictures) {
  const auto residual = MeasureResidual(Scene(3), Scene(3), Trusted());
  const auto sheet = DifferenceSheet(Scene(3), Scene(3), residual);
  EXPECT_EQ(sheet.size(), (image::Size{640, 480}));
  // What does not differ is middle grey.
  EXPECT_NEAR(sheet.plane(1)[static_cast<std::size_t>(300) * 640 + 100], 0.5F, 1e-6);
}

}  // namespace
}  // namespace interneg::alignment
