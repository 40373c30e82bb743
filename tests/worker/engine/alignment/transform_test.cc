#include "worker/engine/alignment/transform.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::alignment {
namespace {

void ExpectPoint(Point p, double x, double y, double tolerance = 1e-12) {
  EXPECT_NEAR(p.x, x, tolerance);
  EXPECT_NEAR(p.y, y, tolerance);
}

TEST(Transform, AppliesAHomographyByHand) {
  const Transform t({2, 0, 1, 0, 3, -1, 0, .5, 1});
  // (4, 2): w = 0.5·2 + 1 = 2; x = (2·4 + 1)/2, y = (3·2 − 1)/2.
  ExpectPoint(t.Apply({4, 2}), 4.5, 2.5);
}

TEST(Transform, ComposesInTheOrderOfItsName) {
  const auto twice = Transform::ScaleAndShift(2, 2, 0, 0), right = Transform::ScaleAndShift(1, 1, 3, 0);
  ExpectPoint(Compose(twice, right).Apply({1, 1}), 5, 2);
  ExpectPoint(Compose(right, twice).Apply({1, 1}), 8, 2);
}

TEST(Transform, InverseLeadsBack) {
  const Transform t({1.1, .02, 7, -.03, .9, -4, 1e-4, -2e-4, 1});
  const Point p = t.Inverse().Apply(t.Apply({123, 45}));
  ExpectPoint(p, 123, 45, 1e-9);
}

TEST(Transform, FrameToFramePutsOuterEdgesOnOuterEdges) {
  const auto t = FrameToFrame({2048, 1556}, {720, 576});
  ExpectPoint(t.Apply({-.5, -.5}), -.5, -.5);
  ExpectPoint(t.Apply({2047.5, 1555.5}), 719.5, 575.5, 1e-9);
  // The first centre: ½·720/2048 − ½.
  ExpectPoint(t.Apply({0, 0}), -.32421875, .5 * 576 / 1556 - .5);
}

TEST(Transform, ProxiesKeepTheGeometry) {
  // A shift of 4 full pixels is one of 2 on halves.
  const auto half =
      ForScaledPictures(Transform::ScaleAndShift(1, 1, 4, -6), {400, 300}, {200, 150}, {400, 300}, {200, 150});
  ExpectPoint(half.Apply({10, 10}), 12, 7, 1e-12);
}

TEST(Transform, SimilarityParametersTurnClockwiseAboutThePivot) {
  // A quarter turn about (10, 10) takes the place right of it to the one below it (y is down).
  const auto quarter = FromSimilarity({0, 0, 1, 90}, {10, 10});
  ExpectPoint(quarter.Apply({15, 10}), 10, 15, 1e-12);
  const SimilarityParameters set{3.5, -1.25, 1.02, 0.7};
  const auto found = ToSimilarity(FromSimilarity(set, {100, 50}), {100, 50});
  EXPECT_NEAR(found.dx_px, set.dx_px, 1e-12);
  EXPECT_NEAR(found.dy_px, set.dy_px, 1e-12);
  EXPECT_NEAR(found.scale, set.scale, 1e-12);
  EXPECT_NEAR(found.rotation_deg, set.rotation_deg, 1e-12);
}

TEST(Transform, FourPointsAreMetExactly) {
  const std::array<Point, 4> from{Point{0, 0}, {100, 0}, {100, 80}, {0, 80}};
  const std::array<Point, 4> to{Point{2, -1}, {105, 3}, {98, 85}, {-4, 77}};
  const auto t = FromFourPoints(from, to);
  for (int i = 0; i < 4; ++i) ExpectPoint(t.Apply(from[i]), to[i].x, to[i].y, 1e-9);
  EXPECT_THROW(FromFourPoints(from, {Point{0, 0}, {1, 0}, {2, 0}, {0, 5}}), std::invalid_argument);
}

TEST(Transform, DifferenceOfAScaleIsGreatestAtACorner) {
  // 1 % about the upper left pixel of 101×101: at the far corner (1, 1), RMS = sqrt(2·mean((i/32)²)).
  const auto d = DifferenceOver(Transform(), Transform::ScaleAndShift(1.01, 1.01, 0, 0), {0, 0, {101, 101}});
  EXPECT_NEAR(d.greatest_px, std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(d.rms_px, std::sqrt(2.0 * (32.0 * 33 * 65 / 6) / (33 * 32.0 * 32)), 1e-9);
}

TEST(Transform, JacobianIsTheSlopeOfApply) {
  const Transform t({1.1, .02, 7, -.03, .9, -4, 1e-4, -2e-4, 1});
  const Point p{120, 60}, at = t.Apply(p), right = t.Apply({p.x + 1e-5, p.y}), down = t.Apply({p.x, p.y + 1e-5});
  const auto j = JacobianAt(t, p);
  EXPECT_NEAR(j[0], (right.x - at.x) / 1e-5, 1e-6);
  EXPECT_NEAR(j[1], (down.x - at.x) / 1e-5, 1e-6);
  EXPECT_NEAR(j[2], (right.y - at.y) / 1e-5, 1e-6);
  EXPECT_NEAR(j[3], (down.y - at.y) / 1e-5, 1e-6);
}

TEST(Transform, WhatIsNoTransformIsRefused) {
  EXPECT_THROW(Transform({1, 0, 0, 2, 0, 0, 0, 0, 1}), std::invalid_argument);
  EXPECT_THROW(Transform({1, 0, 0, 0, 1, 0, 0, 0, 0}), std::invalid_argument);
  EXPECT_THROW(Transform({std::nan(""), 0, 0, 0, 1, 0, 0, 0, 1}), std::invalid_argument);
  EXPECT_THROW(FromSimilarity({0, 0, 0, 0}, {}), std::invalid_argument);
  EXPECT_THROW(ParseTransformKind("warp"), std::invalid_argument);
  EXPECT_EQ(ParseTransformKind(NameOf(TransformKind::kAffine)), TransformKind::kAffine);
}

}  // namespace
}  // namespace interneg::alignment
