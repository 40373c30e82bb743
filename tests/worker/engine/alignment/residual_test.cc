#include "worker/engine/alignment/residual.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/worker/engine/alignment/drawn_scene.h"

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{320, 240};

image::Image SourceOf(std::uint64_t seed) {
  return Faded(DrawnScene(seed, kSize).Seen(kSize, Transform()), .01, seed);
}

Resampled ReferenceAt(std::uint64_t seed, const Transform& misplaced) {
  return Resample(Graded(DrawnScene(seed, kSize).Seen(kSize, Transform())), misplaced, kSize,
                  ResampleFilter::kLanczos3);
}

TEST(Residual, AGradeAndAFadeLeaveNothing) {
  const auto left = MeasureResidual(SourceOf(5), ReferenceAt(5, Transform()));
  EXPECT_EQ(left.verdict, ResidualVerdict::kGood) << left.figure << " " << left.left_share;
  EXPECT_EQ(left.reason, "");
}

TEST(Residual, GrowsWithTheMisplacement) {
  const auto source = SourceOf(5);
  double before = -1.0;
  for (const double dx : {0.0, .5, 1.0, 2.0, 4.0}) {
    const auto left = MeasureResidual(source, ReferenceAt(5, Transform::ScaleAndShift(1, 1, dx, 0)));
    EXPECT_GT(left.figure, before) << dx;
    before = left.figure;
  }
  EXPECT_EQ(MeasureResidual(source, ReferenceAt(5, Transform::ScaleAndShift(1, 1, 4, 0))).verdict,
            ResidualVerdict::kUnusable);
}

TEST(Residual, AnotherMomentIsUnusable) {
  const auto left = MeasureResidual(SourceOf(5), ReferenceAt(6, Transform()));
  EXPECT_EQ(left.verdict, ResidualVerdict::kUnusable);
  EXPECT_EQ(left.reason, "structure left after alignment");
}

TEST(Residual, AnUncoveredReferenceCannotBeJudged) {
  const auto left = MeasureResidual(SourceOf(5), ReferenceAt(5, Transform::ScaleAndShift(1, 1, 5000, 0)));
  EXPECT_EQ(left.verdict, ResidualVerdict::kUnusable);
  EXPECT_NE(left.reason.find("too little"), std::string::npos);
}

// A picture that is smooth but for one strip of stripes at its foot.
image::Image Smooth(std::initializer_list<float> lit) {
  image::Image out(kSize, {"R", "G", "B"}, "");
  for (int c = 0; c < 3; ++c) {
    const float gain = lit.begin()[c];
    for (int y = 0; y < 240; ++y) {
      for (int x = 0; x < 320; ++x) {
        const float striped = y > 200 ? .1F * static_cast<float>(x / 4 % 2) : 0.F;
        out.plane(c)[y * 320 + x] = gain * (.3F + .4F * static_cast<float>(x) / 320.F + striped);
      }
    }
  }
  return out;
}

TEST(Residual, ConfidenceIsLowWhereTheReferenceAloneShowsSomething) {
  const auto source = Smooth({1.F, .6F, .5F});
  auto aligned = Resample(Smooth({.9F, .9F, .9F}), Transform(), kSize, ResampleFilter::kBicubic);
  for (int y = 60; y < 78; ++y) {  // letters on a flat wall
    for (int x = 100; x < 180; ++x) {
      if (x / 5 % 2 == 0) continue;
      for (int c = 0; c < 3; ++c) aligned.picture.plane(c)[y * 320 + x] = .95F;
    }
  }
  const auto left = MeasureResidual(source, aligned);
  const auto confidence = ConfidencePlane(source, aligned, left, {});
  EXPECT_EQ(left.verdict, ResidualVerdict::kGood) << "the source has its structure elsewhere";
  for (int y = 62; y < 76; ++y) {
    for (int x = 104; x < 176; ++x) ASSERT_LT(confidence.plane(0)[y * 320 + x], .1F) << x << "," << y;
  }
  EXPECT_GT(confidence.plane(0)[140 * 320 + 40], .99F);
  EXPECT_GT(confidence.plane(0)[220 * 320 + 160], .9F);
}

TEST(Residual, ConfidenceIsLowWhereSomethingElseIsAndOutsideTheCoverage) {
  const auto source = SourceOf(5);
  auto aligned = ReferenceAt(5, Transform::ScaleAndShift(1, 1, 40, 0));
  // Back over the source, so that only the last 40 columns are uncovered.
  aligned = Resample(aligned.picture, Transform::ScaleAndShift(1, 1, -40, 0), kSize, ResampleFilter::kBicubic);
  const auto other = ReferenceAt(6, Transform());
  for (int y = 80; y < 160; ++y) {
    for (int x = 120; x < 220; ++x) {
      for (int c = 0; c < 3; ++c) aligned.picture.plane(c)[y * 320 + x] = other.picture.plane(c)[y * 320 + x];
    }
  }
  image::Image mask(kSize, {"mask"}, "");
  for (int x = 60; x < 90; ++x) mask.plane(0)[20 * 320 + x] = 1.F;
  const auto confidence = ConfidencePlane(source, aligned, MeasureResidual(source, aligned), std::span(&mask, 1));
  const auto mean = [&](int x0, int y0, int x1, int y1) {
    double sum = 0;
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) sum += confidence.plane(0)[y * 320 + x] / ((x1 - x0) * (y1 - y0));
    }
    return sum;
  };
  EXPECT_LT(mean(135, 95, 205, 145), .35);
  EXPECT_GT(mean(240, 40, 300, 200), .85);
  EXPECT_EQ(mean(0, 0, 38, 240), 0.0);
  EXPECT_EQ(mean(60, 20, 90, 21), 0.0);
}

TEST(Residual, ClippedPixelsCountLittle) {
  auto source = SourceOf(5);
  for (int x = 200; x < 210; ++x) source.plane(0)[100 * 320 + x] = 1.F;
  const auto aligned = ReferenceAt(5, Transform());
  const auto confidence = ConfidencePlane(source, aligned, MeasureResidual(source, aligned), {});
  EXPECT_LE(confidence.plane(0)[100 * 320 + 205], .1F);
}

TEST(Residual, TheSheetShowsFourPictures) {
  const auto sheet = DifferenceSheet(SourceOf(5), ReferenceAt(5, Transform()), 160);
  EXPECT_EQ(sheet.size(), (image::Size{324, 244}));
  // The difference is grey where they agree.
  double away = 0.0;
  for (int y = 144; y < 224; ++y) {
    for (int x = 20; x < 140; ++x) away += std::abs(sheet.plane(1)[y * 324 + x] - .5) / (80 * 120);
  }
  EXPECT_LT(away, .1);
}

TEST(Residual, SizesThatDifferAreRefused) {
  EXPECT_THROW(MeasureResidual(image::Image({300, 240}, {"Y"}, ""), ReferenceAt(5, Transform())),
               std::invalid_argument);
}

}  // namespace
}  // namespace interneg::alignment
