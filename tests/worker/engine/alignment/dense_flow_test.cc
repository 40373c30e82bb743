#include "worker/engine/alignment/dense_flow.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/worker/engine/alignment/drawn_scene.h"
#include "worker/engine/alignment/residual.h"

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{320, 240};

// The reference's picture is bent by up to 1.5 px, slowly; what lies at p + bend(p) in it belongs to the source's p.
DisplacementField Bend(double amplitude) {
  DisplacementField field{kSize, {}, {}};
  for (int y = 0; y < kSize.height_px; ++y) {
    for (int x = 0; x < kSize.width_px; ++x) {
      field.dx_px.push_back(static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * y / 240.0)));
      field.dy_px.push_back(static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * x / 320.0)));
    }
  }
  return field;
}

TEST(DenseFlow, FollowsAWarpThatNoPlaneGeometryCovers) {
  const auto clean = DrawnScene(9, kSize).Seen(kSize, Transform());
  const auto bend = Bend(1.5);
  const auto source = Faded(ResampleWithField(clean, Transform(), bend, ResampleFilter::kLanczos3).picture, .005, 9);
  const auto reference = Graded(clean);
  const auto found = Refine(source, reference, Transform(), {});
  double squared = 0.0, truth = 0.0;
  int count = 0;
  for (int y = 20; y < 220; ++y) {
    for (int x = 20; x < 300; ++x, ++count) {
      const std::size_t i = static_cast<std::size_t>(y) * 320 + x;
      squared += std::pow(found.field.dx_px[i] - bend.dx_px[i], 2) + std::pow(found.field.dy_px[i] - bend.dy_px[i], 2);
      truth += std::pow(bend.dx_px[i], 2) + std::pow(bend.dy_px[i], 2);
    }
  }
  EXPECT_LT(std::sqrt(squared / count), .35 * std::sqrt(truth / count));
  EXPECT_GT(found.believed_share, .4);
  const auto before = MeasureResidual(source, Resample(reference, Transform(), kSize, ResampleFilter::kLanczos3));
  const auto after =
      MeasureResidual(source, ResampleWithField(reference, Transform(), found.field, ResampleFilter::kLanczos3));
  EXPECT_LT(after.figure, .6 * before.figure);
}

TEST(DenseFlow, LeavesAnAlignedPairAlone) {
  const auto clean = DrawnScene(9, kSize).Seen(kSize, Transform());
  const auto found = Refine(Faded(clean, .01, 9), Graded(clean), Transform(), {});
  EXPECT_LT(found.rms_px, .12);
}

TEST(DenseFlow, NothingMovesFurtherThanTheLimit) {
  const auto scene = DrawnScene(9, kSize);
  const auto found =
      Refine(Faded(scene.Seen(kSize, Transform()), .01, 9),
             Graded(scene.Seen(kSize, Transform::ScaleAndShift(1, 1, 6, 0))), Transform(), {.greatest_px = 1.0});
  for (const float v : found.field.dx_px) ASSERT_LE(std::abs(v), 1.0F);
}

TEST(DenseFlow, OptionsOutOfRangeAreRefused) {
  const auto picture = DrawnScene(9, kSize).Seen(kSize, Transform());
  EXPECT_THROW(Refine(picture, picture, Transform(), {.greatest_px = 0.0}), std::invalid_argument);
  EXPECT_THROW(Refine(picture, image::Image(), Transform(), {}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::alignment
