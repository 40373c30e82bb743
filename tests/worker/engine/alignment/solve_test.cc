// The solve against drawn scenes: source and reference are both drawn through known transforms, not resampled, so that
// the truth is exact. Every case fades the source by more than a colour matrix could undo and grades the reference.
#include "worker/engine/alignment/solve.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/worker/engine/alignment/drawn_scene.h"

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{320, 240};
constexpr std::uint64_t kSeed = 11;

struct Pair {
  image::Image source, reference;
  Transform truth;
};

Pair Draw(const Transform& truth, image::Size reference_size, std::uint64_t seed = kSeed) {
  const DrawnScene scene(seed, kSize);
  return {Faded(scene.Seen(kSize, Transform()), .01, seed), Graded(scene.Seen(reference_size, truth.Inverse())), truth};
}

Displacement ErrorOf(const Pair& pair, const Solution& found) {
  return DifferenceOver(Compose(found.transform, pair.truth.Inverse()), Transform(), {0, 0, kSize});
}

void ExpectSolved(const Pair& pair, const SolveOptions& options, double rms_px) {
  const auto found = Solve(pair.source, pair.reference, options);
  EXPECT_EQ(found.status, SolveStatus::kSolved) << found.reason;
  EXPECT_LT(ErrorOf(pair, found).rms_px, rms_px);
  EXPECT_LT(ErrorOf(pair, found).greatest_px, .5);
  EXPECT_GT(found.confidence, .5);
  EXPECT_LT(found.forward_backward_px, .1);
}

Transform About(const SimilarityParameters& p) {
  return FromSimilarity(p, {159.5, 119.5});
}

TEST(Solve, FindsATranslation) {
  ExpectSolved(Draw(About({3.3, -2.6, 1, 0}), kSize), {.kind = TransformKind::kTranslation}, .05);
}

TEST(Solve, FindsScaleAndRotationUnderFadeAndGrade) {
  ExpectSolved(Draw(About({-4.2, 2.7, 1.04, 1.6}), kSize), {}, .10);
}

TEST(Solve, FindsOverscan) {
  ExpectSolved(Draw(About({1.5, -3.1, 1.12, -.4}), kSize), {}, .10);
}

TEST(Solve, FindsAHomography) {
  auto corners = CornersOf(kSize);
  corners[0].x += 4.5, corners[1].y -= 3, corners[2].x += 2, corners[3].y += 3.5;
  ExpectSolved(Draw(FromFourPoints(CornersOf(kSize), corners), kSize),
               {.kind = TransformKind::kHomography, .central_region = 1.0}, .20);
}

TEST(Solve, KnowsPixelsThatAreNotSquare) {
  // 256×256 pixels that are 1.25 as wide as high show the same 4:3 picture.
  const auto pair = Draw(Compose(About({2, 1, 1.03, .5}), FrameToFrame(kSize, {256, 240})), {256, 240});
  SolveOptions options;
  options.reference_pixel_aspect = 1.25;
  ExpectSolved(pair, options, .10);
}

TEST(Solve, MeasuresInTheReferencesPixelsWhenTheSourceIsMuchFiner) {
  const auto pair = Draw(Compose(About({2, 1, 1.02, .3}), FrameToFrame(kSize, {160, 120})), {160, 120});
  const auto found = Solve(pair.source, pair.reference, {});
  EXPECT_EQ(found.status, SolveStatus::kSolved) << found.reason;
  EXPECT_EQ(found.unit, ErrorUnit::kReferencePixels);
  EXPECT_LT(DifferenceOver(found.transform, pair.truth, {0, 0, kSize}).rms_px, .10);
}

TEST(Solve, StartsFromAGuess) {
  const auto pair = Draw(About({30, -22, 1.01, 0}), kSize);
  SolveOptions options;
  options.initial = About({27, -20, 1, 0});
  ExpectSolved(pair, options, .10);
}

TEST(Solve, DoesNotMindAPlaneTurnedNegative) {
  auto pair = Draw(About({2.4, 1.2, 1.02, .4}), kSize);
  for (float& v : pair.reference.plane(1)) v = 1.F - v;
  ExpectSolved(pair, {}, .12);
}

TEST(Solve, NeedsNoColour) {
  auto pair = Draw(About({2.4, 1.2, 1.02, .4}), kSize);
  image::Image grey(kSize, {"Y"}, image::kTrainingDisplay);
  std::copy(pair.source.plane(1).begin(), pair.source.plane(1).end(), grey.plane(0).begin());
  pair.source = grey;
  ExpectSolved(pair, {}, .10);
}

TEST(Solve, IsNotMisledByLettering) {
  auto pair = Draw(About({1.4, -2.2, 1.03, .2}), kSize);
  for (int y = 195; y < 210; ++y) {
    for (int x = 60; x < 260; ++x) {
      if ((x / 4 + y / 5) % 2 == 0) continue;
      for (int c = 0; c < 3; ++c) pair.reference.plane(c)[y * 320 + x] = .95F;
    }
  }
  ExpectSolved(pair, {}, .10);
}

// A reference whose picture fills two thirds of its frame, the rest black: found by the wide search without its live
// area, and at once with it.
TEST(Solve, FindsAPictureInsideBorders) {
  auto pair = Draw(About({3, 2, .66, .2}), kSize);
  const image::Rectangle live{57, 44, {206, 152}};
  for (int y = 0; y < kSize.height_px; ++y) {
    for (int x = 0; x < kSize.width_px; ++x) {
      if (x >= live.x_px && x < 263 && y >= live.y_px && y < 196) continue;
      for (int c = 0; c < 3; ++c) pair.reference.plane(c)[y * 320 + x] = 0.F;
    }
  }
  // The reference is the coarser by 1.5: in its pixels .1 is .15 of the source's.
  ExpectSolved(pair, {}, .15);
  ExpectSolved(pair, {.reference_area = live, .on_failure = OnFailure::kGiveUp}, .15);
}

TEST(Solve, GivesTheSameAnswerTwice) {
  const auto pair = Draw(About({3.3, -2.6, 1.02, .3}), kSize);
  EXPECT_EQ(Solve(pair.source, pair.reference, {}).transform, Solve(pair.source, pair.reference, {}).transform);
}

struct Refusal {
  const char* name;
  Transform to_reference;
  const char* words;
};

TEST(Solve, SaysWhatIsWrongWithATurnedOrStretchedReference) {
  const Refusal refusals[] = {{"mirrored", Transform({-1, 0, 319, 0, 1, 0, 0, 0, 1}), "mirrored left to right"},
                              {"turned", Transform({-1, 0, 319, 0, -1, 239, 0, 0, 1}), "upside down"},
                              {"stretched", Transform({4. / 3, 0, -53, 0, 1, 0, 0, 0, 1}), "different aspect ratio"}};
  for (const auto& refusal : refusals) {
    const auto pair = Draw(refusal.to_reference, kSize);
    const auto found = Solve(pair.source, pair.reference, {});
    EXPECT_EQ(found.status, SolveStatus::kFailed) << refusal.name;
    EXPECT_NE(found.reason.find(refusal.words), std::string::npos) << refusal.name << ": " << found.reason;
    EXPECT_EQ(found.confidence, 0.0);
  }
}

TEST(Solve, ASmallStretchIsReportedAndAnAffineTakesIt) {
  const auto pair = Draw(Transform({1.03, 0, -4.8, 0, 1, 0, 0, 0, 1}), kSize);
  const auto found = Solve(pair.source, pair.reference, {});
  EXPECT_EQ(found.status, SolveStatus::kUncertain);
  // 1.03 times as wide: the pixels are 1/1.03 = .971 as wide.
  EXPECT_NE(found.reason.find("different aspect ratio"), std::string::npos) << found.reason;
  EXPECT_NE(found.reason.find("pixel aspect as 0.97"), std::string::npos) << found.reason;
  ExpectSolved(pair, {.kind = TransformKind::kAffine}, .10);
}

TEST(Solve, UnrelatedPicturesAreNeverSolved) {
  const auto one = Draw(Transform(), kSize, 21), other = Draw(Transform(), kSize, 22);
  const auto found = Solve(one.source, other.reference, {});
  EXPECT_EQ(found.status, SolveStatus::kFailed);
  EXPECT_NE(found.reason.find("no overlap"), std::string::npos) << found.reason;
}

TEST(Solve, GivesUpWithoutASearchForReasonsWhenTold) {
  const auto one = Draw(Transform(), kSize, 21), other = Draw(Transform(), kSize, 22);
  const auto found = Solve(one.source, other.reference, {.on_failure = OnFailure::kGiveUp});
  EXPECT_EQ(found.status, SolveStatus::kFailed);
  EXPECT_NE(found.reason, "");
}

TEST(Solve, BlackAndConstantPicturesAreNamed) {
  const auto pair = Draw(Transform(), kSize);
  const auto black = Solve(pair.source, Mapped(pair.reference, 0.F, 0.F), {});
  EXPECT_EQ(black.status, SolveStatus::kFailed);
  EXPECT_NE(black.reason.find("reference is black"), std::string::npos) << black.reason;
  const auto flat = Solve(Mapped(pair.source, 0.F, .5F), pair.reference, {});
  EXPECT_NE(flat.reason.find("source is constant"), std::string::npos) << flat.reason;
}

TEST(Solve, WhatIsNoPairIsRefused) {
  const auto pair = Draw(Transform(), kSize);
  EXPECT_THROW(Solve(image::Image(), pair.reference, {}), std::invalid_argument);
  EXPECT_THROW(Solve(pair.source, image::Image({20, 20}, {"Y"}, ""), {}), std::invalid_argument);
  EXPECT_THROW(Solve(pair.source, pair.reference, {.central_region = 0.0}), std::invalid_argument);
  EXPECT_THROW(Solve(pair.source, pair.reference, {.reference_pixel_aspect = 0.0}), std::invalid_argument);
  SolveOptions beyond;
  beyond.source_area = image::Rectangle{100, 100, {300, 100}};
  EXPECT_THROW(Solve(pair.source, pair.reference, beyond), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::alignment
