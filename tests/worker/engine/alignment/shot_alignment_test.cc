#include "worker/engine/alignment/shot_alignment.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{640, 480};
const Transform kGlobal = Compose(FromSimilarity({12, -7, 1.06, .4}, {319.5, 239.5}), FrameToFrame(kSize, {720, 540}));

double WeaveX(int frame) {
  return 1.5 * std::sin(.7 * frame);
}
double WeaveY(int frame) {
  return 1.1 * std::cos(1.3 * frame);
}

FrameSolution Solved(int frame) {
  FrameSolution out{frame, {}};
  out.solution.transform = Compose(Transform::ScaleAndShift(1, 1, WeaveX(frame), WeaveY(frame)), kGlobal);
  out.solution.status = SolveStatus::kSolved;
  out.solution.confidence = .9;
  return out;
}

std::vector<FrameSolution> Shot(int count) {
  std::vector<FrameSolution> out;
  for (int f = 0; f < count; ++f) out.push_back(Solved(f));
  return out;
}

ShotOptions Options() {
  ShotOptions options;
  options.source_size = kSize;
  return options;
}

TransformKeys NoKeys() {
  return TransformKeys(kSize, kGlobal, Interpolation::kLinear);
}

double Error(const Transform& a, const Transform& b) {
  return DifferenceOver(a, b, {0, 0, kSize}).greatest_px;
}

TEST(ShotAlignment, SplitsTheGlobalTransformFromTheWeave) {
  const auto shot = AlignShot(Shot(40), Options(), NoKeys(), PathSwitch());
  EXPECT_EQ(shot.solved, 40);
  // The weave's own mean over these frames belongs to the global transform: below .15 px.
  EXPECT_LT(Error(shot.global, kGlobal), .2);
  for (const auto& frame : shot.frames) {
    EXPECT_LT(Error(frame.transform, Solved(static_cast<int>(frame.frame)).solution.transform), .01) << frame.frame;
  }
  EXPECT_NEAR(shot.weave_rms_px, std::sqrt(.5 * (1.5 * 1.5 + 1.1 * 1.1)), .1);
}

TEST(ShotAlignment, AnUncertainFrameTakesTheWeaveBetweenItsNeighbours) {
  auto frames = Shot(20);
  frames[7].solution.status = SolveStatus::kUncertain;
  frames[7].solution.reason = "not converged";
  frames[7].solution.transform = Transform();
  const auto shot = AlignShot(frames, Options(), NoKeys(), PathSwitch());
  const auto& at = shot.frames[7];
  EXPECT_EQ(at.source, TransformSource::kInterpolated);
  EXPECT_EQ(at.reason, "not converged");
  EXPECT_EQ(at.confidence, 0.0);
  EXPECT_NEAR(at.weave_dx_px, .5 * (shot.frames[6].weave_dx_px + shot.frames[8].weave_dx_px), 1e-9);
  EXPECT_EQ(shot.interpolated, 1);
}

TEST(ShotAlignment, ASolveThatDoesNotFitTheShotIsReplacedAndDoesNotBendIt) {
  auto frames = Shot(20);
  frames[3].solution.transform = Compose(FromSimilarity({0, 0, 1.03, 0}, {0, 0}), kGlobal);
  frames[4].solution.transform = Compose(Transform::ScaleAndShift(1, 1, 80, 0), kGlobal);
  const auto shot = AlignShot(frames, Options(), NoKeys(), PathSwitch());
  EXPECT_EQ(shot.frames[3].source, TransformSource::kInterpolated);
  EXPECT_EQ(shot.frames[4].source, TransformSource::kInterpolated);
  EXPECT_GT(shot.frames[3].misfit_px, 1.0);
  EXPECT_LT(Error(shot.global, kGlobal), 1.0);
}

TEST(ShotAlignment, RotationIsPartOfTheWeaveWhenAskedFor) {
  auto frames = Shot(20);
  for (auto& frame : frames) {
    const double degrees = .05 * ((frame.frame % 3) - 1);
    frame.solution.transform = Compose(FromSimilarity({0, 0, 1, degrees}, {319.5, 239.5}), kGlobal);
  }
  auto options = Options();
  options.weave = WeaveKind::kTranslationAndRotation;
  const auto shot = AlignShot(frames, options, NoKeys(), PathSwitch());
  EXPECT_NEAR(shot.frames[2].weave_rotation_deg, .05, .004);
  EXPECT_NEAR(shot.frames[0].weave_rotation_deg, -.05, .004);
}

TEST(ShotAlignment, TheSwitchPutsAKeyedFrameInItsPlace) {
  auto keys = NoKeys();
  keys.Set(0, SimilarityParameters{2, 0, 1, 0});
  PathSwitch which;
  which.Set(5, Path::kManual);
  const auto shot = AlignShot(Shot(10), Options(), keys, which);
  EXPECT_EQ(shot.frames[5].source, TransformSource::kManual);
  EXPECT_LT(Error(shot.frames[5].transform, keys.At(5)), 1e-12);
  EXPECT_EQ(shot.frames[4].source, TransformSource::kSolved);
  EXPECT_EQ(shot.manual, 1);
}

TEST(ShotAlignment, WhatCannotBeAlignedIsRefused) {
  EXPECT_THROW(AlignShot({}, Options(), NoKeys(), PathSwitch()), std::invalid_argument);
  auto twice = Shot(2);
  twice[1].frame = 0;
  EXPECT_THROW(AlignShot(twice, Options(), NoKeys(), PathSwitch()), std::invalid_argument);
  EXPECT_THROW(AlignShot(Shot(2), Options(), NoKeys(), PathSwitch(Path::kManual)), std::invalid_argument);
  std::vector<FrameSolution> none(3);
  for (int i = 0; i < 3; ++i) none[i].frame = i, none[i].solution.reason = "the reference is black";
  try {
    AlignShot(none, Options(), NoKeys(), PathSwitch());
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("the reference is black"), std::string::npos);
  }
}

}  // namespace
}  // namespace interneg::alignment
