#include "worker/engine/alignment/shot_groups.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::alignment {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr image::Size kSize{640, 480};
constexpr Point kCentre{319.5, 239.5};

FrameSolution At(int frame, const SimilarityParameters& place, double error_px = .1) {
  FrameSolution out{frame, {}};
  out.solution.transform = FromSimilarity(place, kCentre);
  out.solution.status = SolveStatus::kSolved;
  out.solution.estimated_rms_px = error_px;
  out.solution.confidence = .9;
  return out;
}

FrameSolution NotSolved(int frame) {
  FrameSolution out{frame, {}};
  out.solution.reason = "too little structure";
  return out;
}

ShotOptions Options() {
  ShotOptions options;
  options.source_size = kSize;
  return options;
}

TEST(ShotGroups, AWeaveKeepsFramesTogetherAndAnotherFramingDoesNot) {
  const std::vector<FrameSolution> frames{At(1, {0, 0, 1.05, 0}), At(5, {2, -3, 1.05, 0}), At(9, {0, 0, 1.20, 0}),
                                          At(12, {1, 1, 1.05, .02}), At(20, {40, 0, 1.05, 0})};
  EXPECT_THAT(GroupByGeometry(frames, Options()), ElementsAre(ElementsAre(0, 1, 3), ElementsAre(2), ElementsAre(4)));
}

TEST(ShotGroups, AFrameThatIsNotSolvedGoesWithTheNearestThatIs) {
  const std::vector<FrameSolution> frames{NotSolved(1), At(3, {0, 0, 1.05, 0}), NotSolved(6), At(9, {0, 0, 1.2, 0}),
                                          NotSolved(30)};
  EXPECT_THAT(GroupByGeometry(frames, Options()), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4)));
}

TEST(ShotGroups, WithoutASolvedFrameThereIsNone) {
  const std::vector<FrameSolution> frames{NotSolved(1), NotSolved(2)};
  EXPECT_THAT(GroupByGeometry(frames, Options()), IsEmpty());
  EXPECT_EQ(SimplestWeave(frames, Options()), std::nullopt);
}

TEST(ShotGroups, NoMoreDiffersWithinAShotThanItsErrorsCannotExplain) {
  // .03 degrees are .16 px RMS over this picture, a scale of .002 is .5 px.
  const auto frames = [](double rotation_deg, double scale, double error_px) {
    std::vector<FrameSolution> out;
    for (int i = 0; i < 6; ++i) {
      const double sign = i % 2 == 0 ? 1 : -1;
      out.push_back(At(i, {.5 * i, -.4 * i, 1.03 + sign * scale, sign * rotation_deg}, error_px));
    }
    return out;
  };
  EXPECT_EQ(SimplestWeave(frames(.01, 0, .1), Options()), WeaveKind::kTranslation);
  EXPECT_EQ(SimplestWeave(frames(.03, 0, .05), Options()), WeaveKind::kTranslationAndRotation);
  EXPECT_EQ(SimplestWeave(frames(.03, 0, .3), Options()), WeaveKind::kTranslation);
  EXPECT_EQ(SimplestWeave(frames(0, .002, .1), Options()), std::nullopt) << "a zoom";
  EXPECT_EQ(SimplestWeave(frames(0, 0, .1), Options()), WeaveKind::kTranslation);
}

TEST(ShotGroups, ErrorsInTheReferencesPixelsCountAsTheyAreInTheSources) {
  std::vector<FrameSolution> frames;
  for (int i = 0; i < 4; ++i) {
    auto frame = At(i, {0, 0, .5, i % 2 == 0 ? .03 : -.03}, .1);
    frame.solution.unit = ErrorUnit::kReferencePixels;
    frames.push_back(frame);
  }
  EXPECT_EQ(SimplestWeave(frames, Options()), WeaveKind::kTranslation) << ".1 of the reference's are .2 of the source's";
}

}  // namespace
}  // namespace interneg::alignment
