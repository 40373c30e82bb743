#include "worker/engine/curation/judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/worker/engine/curation/drawn_shots.h"

namespace interneg::curation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<image::Image> Still(int frames) {
  std::vector<image::Image> out;
  for (int i = 0; i < frames; ++i) out.push_back(DrawShot(5, i * .3));
  return out;
}

TEST(Judgement, ABlurredFrameIsRefusedAndItsSharpNeighboursAreNot) {
  auto pictures = Still(12);
  pictures[6] = Blurred(pictures[6], 2);
  const auto verdicts = Judge(CandidatesOf(pictures), {});
  EXPECT_THAT(verdicts[6].reasons, ElementsAre(Reason::kBlur));
  EXPECT_FALSE(verdicts[6].barred());
  for (const std::size_t i : {0U, 5U, 7U, 11U}) EXPECT_TRUE(verdicts[i].fit()) << i;
}

TEST(Judgement, AShotInSoftFocusIsNotRefusedAsAWhole) {
  auto pictures = Still(12);
  for (auto& picture : pictures) picture = Blurred(picture, 2);
  for (const auto& verdict : Judge(CandidatesOf(pictures), {})) EXPECT_TRUE(verdict.fit());
}

TEST(Judgement, BlurThatTheReferenceSharesIsFitAndNoted) {
  auto pictures = Still(12);
  auto sharp = pictures;
  pictures[6] = Blurred(pictures[6], 2);
  auto matched = CandidatesOf(pictures), unmatched = matched;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    matched[i].features = MeasureFrame(pictures[i], {&pictures[i]});
    unmatched[i].features = MeasureFrame(pictures[i], {&sharp[i]});
  }
  const auto same = Judge(matched, {}), other = Judge(unmatched, {});
  EXPECT_TRUE(same[6].fit());
  EXPECT_TRUE(same[6].blur_matched);
  EXPECT_FALSE(same[5].blur_matched);
  EXPECT_THAT(other[6].reasons, ElementsAre(Reason::kBlur));
}

TEST(Judgement, WhatOthersFoundIsHeldAgainstItsLimit) {
  auto candidates = CandidatesOf(Still(8));
  candidates[1].partner = Partner::kNone;
  candidates[2].alignment = AlignmentVerdict::kUnusable;
  candidates[3].alignment = AlignmentVerdict::kFit;
  candidates[4].lettering_share = .02;
  candidates[5].lettering_share = .001;
  RejectionLimits limits;
  limits.excluded = {1007};
  const auto verdicts = Judge(candidates, limits);
  EXPECT_THAT(verdicts[0].reasons, IsEmpty());
  EXPECT_THAT(verdicts[1].reasons, ElementsAre(Reason::kNoPartner));
  EXPECT_THAT(verdicts[2].reasons, ElementsAre(Reason::kResidual));
  EXPECT_THAT(verdicts[3].reasons, IsEmpty());
  EXPECT_THAT(verdicts[4].reasons, ElementsAre(Reason::kSubtitle));
  EXPECT_THAT(verdicts[5].reasons, IsEmpty());
  EXPECT_THAT(verdicts[6].reasons, ElementsAre(Reason::kAskedFor));
  EXPECT_TRUE(verdicts[1].barred());
  EXPECT_TRUE(verdicts[6].barred());
  EXPECT_TRUE(verdicts[2].barred());
  EXPECT_FALSE(verdicts[4].barred());
}

TEST(Judgement, BlackFramesAreConstantAndAFlashIsAFlash) {
  auto pictures = Still(16);
  pictures[7] = Scaled(pictures[7], 1.9);
  pictures[14] = Flat(0), pictures[15] = Flat(0);
  const auto verdicts = Judge(CandidatesOf(pictures), {});
  EXPECT_THAT(verdicts[7].reasons, ElementsAre(Reason::kFlash));
  EXPECT_THAT(verdicts[15].reasons, ElementsAre(Reason::kConstant));
  EXPECT_TRUE(verdicts[15].barred());
}

TEST(Judgement, EveryReasonHasANameOfItsOwn) {
  EXPECT_EQ(NameOf(Reason::kNoPartner), "no partner");
  EXPECT_EQ(NameOf(Reason::kBlur), "blur");
  EXPECT_EQ(NameOf(Reason::kAskedFor), "asked for");
}

}  // namespace
}  // namespace interneg::curation
