#include "worker/engine/alignment/transform_keys.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{201, 101};
constexpr Point kCentre{100, 50};

TransformKeys Keys(Interpolation interpolation) {
  return TransformKeys(kSize, Transform(), interpolation);
}

TEST(TransformKeys, HoldOutsideAndGoStraightBetween) {
  auto keys = Keys(Interpolation::kLinear);
  keys.Set(10, SimilarityParameters{0, 0, 1, 0});
  keys.Set(20, SimilarityParameters{10, -20, 1, 4});
  const auto at = ToSimilarity(keys.At(15), kCentre);
  EXPECT_NEAR(at.dx_px, 5, 1e-9);
  EXPECT_NEAR(at.dy_px, -10, 1e-9);
  EXPECT_NEAR(at.rotation_deg, 2, 1e-9);
  EXPECT_NEAR(ToSimilarity(keys.At(3), kCentre).dx_px, 0, 1e-9);
  EXPECT_NEAR(ToSimilarity(keys.At(99), kCentre).dx_px, 10, 1e-9);
}

TEST(TransformKeys, ScaleGoesByItsLogarithm) {
  auto keys = Keys(Interpolation::kLinear);
  keys.Set(0, SimilarityParameters{0, 0, .5, 0});
  keys.Set(10, SimilarityParameters{0, 0, 2, 0});
  EXPECT_NEAR(ToSimilarity(keys.At(5), kCentre).scale, 1.0, 1e-9);
}

// Smooth keys 0, 10, 10: half-way to the first the curve eases (a cubic with flat ends passes the middle at 5, a
// quarter at 10·(3/16 − 2/64) = 1.5625); between equal keys it holds; nowhere does it overshoot.
TEST(TransformKeys, SmoothKeysEaseAndNeverOvershoot) {
  auto keys = Keys(Interpolation::kSmooth);
  keys.Set(0, SimilarityParameters{0, 0, 1, 0});
  keys.Set(100, SimilarityParameters{10, 0, 1, 0});
  keys.Set(200, SimilarityParameters{10, 0, 1, 0});
  EXPECT_NEAR(ToSimilarity(keys.At(25), kCentre).dx_px, 1.5625, 1e-9);
  EXPECT_NEAR(ToSimilarity(keys.At(50), kCentre).dx_px, 5, 1e-9);
  for (int f = 100; f <= 200; f += 10) EXPECT_NEAR(ToSimilarity(keys.At(f), kCentre).dx_px, 10, 1e-9) << f;
}

TEST(TransformKeys, AMixedSetGoesByItsCorners) {
  auto keys = Keys(Interpolation::kLinear);
  keys.Set(0, SimilarityParameters{});
  keys.Set(10, std::array<Point, 4>{Point{4, 2}, {200, 0}, {200, 100}, {0, 100}});
  const Point corner = keys.At(5).Apply({0, 0});
  EXPECT_NEAR(corner.x, 2, 1e-9);
  EXPECT_NEAR(corner.y, 1, 1e-9);
}

TEST(TransformKeys, CorrectionsComeBeforeTheBase) {
  TransformKeys keys(kSize, Transform::ScaleAndShift(.5, .5, 0, 0), Interpolation::kLinear);
  keys.Set(0, SimilarityParameters{8, 0, 1, 0});
  EXPECT_NEAR(keys.At(0).Apply({100, 50}).x, 54, 1e-9);
}

TEST(TransformKeys, WhatGivesNoTransformIsRefusedAndNotKept) {
  auto keys = Keys(Interpolation::kLinear);
  EXPECT_THROW(keys.At(0), std::invalid_argument);
  EXPECT_THROW(keys.Set(0, SimilarityParameters{0, 0, -1, 0}), std::invalid_argument);
  EXPECT_THROW(keys.Set(0, std::array<Point, 4>{Point{200, 0}, {0, 0}, {0, 100}, {200, 100}}), std::invalid_argument);
  EXPECT_TRUE(keys.empty());
  EXPECT_FALSE(keys.Remove(0));
}

TEST(PathSwitch, SingleFramesDifferFromAll) {
  PathSwitch which;
  which.Set(7, Path::kManual);
  EXPECT_EQ(which.At(6), Path::kAutomatic);
  EXPECT_EQ(which.At(7), Path::kManual);
  which.Clear(7);
  EXPECT_EQ(which.At(7), Path::kAutomatic);
}

}  // namespace
}  // namespace interneg::alignment
