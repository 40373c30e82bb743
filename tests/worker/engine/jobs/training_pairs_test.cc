// Which pairs of an alignment are trained on, and a crop that the job sets itself.
#include "worker/engine/jobs/training_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/training_crop.h"

namespace interneg::jobs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AlignedSplit : public testing::Test {
 protected:
  AlignedSplit() {
    job_ = shot_.Train();
    job_.pairs.clear();
    job_.held_out.clear();
    for (const auto& [frame, held_out, verdict] :
         {std::tuple{1, false, "good"}, std::tuple{3, true, "good"}, std::tuple{5, false, "usable"},
          std::tuple{6, false, "unusable"}, std::tuple{7, true, "good"}, std::tuple{9, false, "good"}}) {
      AlignedPair pair;
      pair.source_frame = pair.reference_frame = frame;
      pair.held_out = held_out;
      pair.verdict = verdict;
      pair.reason = "structure left";
      alignment_.pairs.push_back(pair);
    }
  }

  PairPlan Plan() {
    const auto context = shot_.Context();
    const auto color = PlanColor(job_.color, "train.color", context.current_folder);
    const auto source = OpenMedium(context, job_.source, "source", "train.source", color.config);
    const auto reference = OpenMedium(context, job_.reference, "reference", "train.reference", color.config);
    return PlanPairs(job_, alignment_, source, reference);
  }

  DrawnShot shot_;
  TrainJob job_;
  Alignment alignment_;
};

TEST_F(AlignedSplit, IsTheAlignmentsWhereTheJobNamesNone) {
  const auto plan = Plan();
  EXPECT_THAT(plan.training, ElementsAre(1, 5, 9));
  EXPECT_THAT(plan.held_out, ElementsAre(3, 7));
}

TEST_F(AlignedSplit, IsTheJobsWhateverTheAlignmentSays) {
  job_.pairs = {1, 3, 9};
  job_.held_out = {5};
  const auto plan = Plan();
  EXPECT_THAT(plan.training, ElementsAre(1, 3, 9));
  EXPECT_THAT(plan.held_out, ElementsAre(5));
}

TEST_F(AlignedSplit, FramesOfOneListAreNotInTheOther) {
  job_.pairs = {1, 3, 9};
  EXPECT_THAT(Plan().held_out, ElementsAre(7));
  job_.pairs.clear();
  job_.held_out = {9};
  const auto plan = Plan();
  EXPECT_THAT(plan.training, ElementsAre(1, 5));
  EXPECT_THAT(plan.held_out, ElementsAre(9));
}

TEST_F(AlignedSplit, AFrameThatTheAlignmentDoesNotHoldIsNamed) {
  job_.pairs = {1, 2, 9};
  const auto failure = FailureOfCall([&] { Plan(); });
  EXPECT_THAT(failure.message, HasSubstr("train.pairs: frame 2 is no pair of the alignment"));
  EXPECT_THAT(failure.remedy, HasSubstr("align"));
}

TEST_F(AlignedSplit, AnUnusablePairThatIsNamedIsRefusedAndNeverDropped) {
  job_.pairs = {1, 6, 9};
  const auto failure = FailureOfCall([&] { Plan(); });
  EXPECT_THAT(failure.message, HasSubstr("train.pairs: the alignment finds pairs unusable that are named here: frame 6: "
                                         "structure left"));
  EXPECT_THAT(failure.remedy, HasSubstr("align again"));
  job_.pairs = {1, 9};
  job_.held_out = {6};
  EXPECT_THAT(FailureOfCall([&] { Plan(); }).message, HasSubstr("train.heldOut: the alignment finds"));
}

TEST_F(AlignedSplit, OtherPartnersThanTheAlignmentsAreRefusedByName) {
  job_.pairs = {1, 5, 9};
  job_.held_out = {3};
  job_.partners = {{1, 1}, {3, 3}, {5, 5}, {9, 9}};
  EXPECT_THAT(Plan().training, ElementsAre(1, 5, 9));
  job_.partners = {{1, 1}, {3, 4}, {5, 7}};
  const auto failure = FailureOfCall([&] { Plan(); });
  EXPECT_THAT(failure.message, HasSubstr("train.partners: "));
  EXPECT_THAT(failure.message, HasSubstr("frame 3 on 4, the alignment on 3; frame 5 on 7, the alignment on 5"));
  EXPECT_THAT(failure.remedy, HasSubstr("align again with these pairs"));
  job_.partners = {{7, 7}};
  EXPECT_THAT(FailureOfCall([&] { Plan(); }).message, HasSubstr("frame 7 is neither trained on nor held out"));
}

// Frames of other numbers that are registered as they are.
TEST(NamedPartners, AreReadFromTheReference) {
  DrawnShot shot;
  auto job = shot.Train();
  job.reference = FrameSource{shot.folder / "shifted/f.%04d.png", "101-109", ""};
  for (int frame = 1; frame <= 9; ++frame) {
    WriteFrame(shot.folder / "shifted", "f.%04d.png", 100 + frame, DrawClean(DrawnShot::kSize, frame));
  }
  job.held_out = {3};
  for (const int frame : {1, 3, 5, 9}) job.partners.push_back({frame, 100 + frame});
  const auto context = shot.Context();
  const auto color = PlanColor(job.color, "train.color", context.current_folder);
  const auto shifted = ReadPairsOf(context, job, StageInputs({}), color);
  auto alike = shot.Train();
  alike.held_out = {3};
  const auto plain = ReadPairsOf(context, alike, StageInputs({}), color);
  ASSERT_EQ(shifted.data.pairs.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(std::ranges::equal(shifted.data.pairs[i].reference.values(), plain.data.pairs[i].reference.values()));
  }
  auto unnamed = job;
  unnamed.held_out.clear();
  std::erase_if(unnamed.partners, [](const auto& partner) { return partner.source_frame == 3; });
  EXPECT_THAT(FailureOfCall([&] { ReadPairsOf(context, unnamed, StageInputs({}), color); }).message,
              HasSubstr("train.heldOut is empty"));
  job.partners.pop_back();
  EXPECT_THAT(FailureOfCall([&] { ReadPairsOf(context, job, StageInputs({}), color); }).message,
              HasSubstr("frame 9"));
}

TEST(TrainingCrop, TrustsWhatItHoldsAndKeepsTheSourceBeside) {
  dataset::Pair pair{1, image::Image({6, 4}, {"R", "G", "B"}, ""), image::Image({6, 4}, {"R", "G", "B"}, ""), {}};
  for (float& v : pair.reference.values()) v = 1.0F;
  CropPair({2, 1, 2, 2}, pair);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) {
      const float inside = x >= 2 && x < 4 && y >= 1 && y < 3 ? 1.0F : 0.0F;
      EXPECT_EQ(pair.confidence->plane(0)[static_cast<std::size_t>(y) * 6 + x], inside) << x << ' ' << y;
      EXPECT_EQ(pair.reference.plane(2)[static_cast<std::size_t>(y) * 6 + x], inside) << x << ' ' << y;
    }
  }
}

TEST(TrainingCrop, OutsideThePictureIsRefusedBeforeAnythingIsRead) {
  DrawnShot shot;
  auto job = shot.Train();
  job.crop = PictureArea{40, 0, 32, 32};
  const auto context = shot.Context();
  const auto color = PlanColor(job.color, "train.color", context.current_folder);
  EXPECT_THAT(FailureOfCall([&] { ReadPairsOf(context, job, StageInputs({}), color); }).message,
              HasSubstr("train.crop: "));
  job.crop = PictureArea{8, 8, 32, 32};
  EXPECT_THAT(FailureOfCall([&] { ReadPairsOf(context, job, StageInputs({}), color); }).message,
              HasSubstr("train.crop: crop 32x32+8+8 is too small"));
  job.crop.reset();
  EXPECT_EQ(ReadPairsOf(context, job, StageInputs({}), color).inputs.count("training crop"), 0U);
}

}  // namespace
}  // namespace interneg::jobs
