// The stages before training, one handing its document to the next.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "tests/worker/engine/jobs/drawn_elements.h"

namespace interneg::jobs {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

using Stages = DrawnElements;

TEST_F(Stages, FromTwoRawElementsToARecoveredShot) {
  MakeMap();
  for (const auto& frame : Map("match").frames) {
    EXPECT_EQ(frame.state, MatchState::kMatched) << frame.source;
    EXPECT_EQ(frame.reference, frame.source - kFirst + kLead + 1);
  }

  CurateJob curate;
  curate.source = Source();
  curate.reference = Reference();
  curate.frame_map = StageInput{{}, "match"};
  ASSERT_EQ(Run("curate", curate, WithMap()).outcome, EngineOutcome::kSucceeded);
  const auto choice = ParsePairChoice(BytesOf(Document("curate", "pair_choice")), "choice");
  EXPECT_THAT(choice.pairs, SizeIs(5));
  EXPECT_THAT(choice.pairs, Contains(Field(&ChosenPair::held_out, true)));
  EXPECT_THAT(choice.coverage, Contains(Field(&CoveredKind::presence, "covered")));

  auto align = Align({});
  align.frame_map.reset();
  align.pair_choice = StageInput{{}, "curate"};
  ASSERT_EQ(Run("align", align, {{"pair_choice", Document("curate", "pair_choice")}}).outcome, EngineOutcome::kSucceeded);
  const auto alignment = Aligned("align");
  ASSERT_THAT(alignment.pairs, SizeIs(5));
  for (const auto& pair : alignment.pairs) {
    std::array<double, 9> matrix{};
    std::copy_n(pair.transform.begin(), 9, matrix.begin());
    EXPECT_LT(alignment::DifferenceOver(alignment::Transform(matrix), Truth(), {0, 0, kSource}).rms_px, 0.25);
    EXPECT_EQ(pair.verdict, "good") << pair.reason;
  }
  EXPECT_GE(alignment.crop->x_px, 4);
  EXPECT_LE(alignment.crop->width_px, 246);
  EXPECT_THAT(shot_.events.All<LocalArtifact>(), Contains(Field(&LocalArtifact::kind, "difference_sheet")).Times(5));

  TrainJob train;
  train.recovery = Recovery::kChroma;
  train.source = Source();
  train.reference = Reference();
  train.network = NetworkKind::kClosedForm;
  train.alignment = StageInput{{}, "align"};
  ASSERT_EQ(Run("train", train, {{"alignment", Document("align", "alignment")}}).outcome, EngineOutcome::kSucceeded);
  EXPECT_GT(shot_.events.Figure("chroma_psnr_db", "model"), shot_.events.Figure("chroma_psnr_db", "untouched") + 6.0);
}

TEST_F(Stages, ASecondRoundReplacesWhatTheAlignmentFoundUnusableAndKeepsTheRest) {
  MakeMap();
  CurateJob curate;
  curate.source = Source();
  curate.reference = Reference();
  curate.frame_map = StageInput{{}, "match"};
  ASSERT_EQ(Run("first", curate, WithMap()).outcome, EngineOutcome::kSucceeded);
  const auto first = ParsePairChoice(BytesOf(Document("first", "pair_choice")), "choice");
  EXPECT_THAT(first.rejected, Contains(Field(&RejectedFrame::reasons, Contains("subtitle")))) << "the burned-in text";
  Alignment alignment;
  alignment.schema = kStageResultSchema;
  alignment.source = Source();
  alignment.reference = Reference();
  std::int32_t unusable = 0;
  for (const auto& pair : first.pairs) {
    AlignedPair aligned;
    aligned.source_frame = pair.source_frame;
    aligned.reference_frame = pair.reference_frame;
    const bool bad = unusable == 0 && !pair.held_out;
    aligned.verdict = bad ? "unusable" : "good";
    if (bad) unusable = pair.source_frame;
    if (!bad) (pair.held_out ? curate.keep_held_out : curate.keep).push_back(pair.source_frame);
    alignment.pairs.push_back(aligned);
  }
  std::filesystem::create_directory(shot_.folder / "aligned");
  WriteText(Document("aligned", "alignment"), ToJson(alignment));
  curate.alignment = StageInput{{}, "align"};
  auto inputs = WithMap();
  inputs.push_back({"alignment", Document("aligned", "alignment")});
  ASSERT_EQ(Run("second", curate, inputs).outcome, EngineOutcome::kSucceeded);
  const auto second = ParsePairChoice(BytesOf(Document("second", "pair_choice")), "choice");
  EXPECT_THAT(second.pairs, SizeIs(first.pairs.size()));
  std::vector<std::int32_t> training, held_out;
  for (const auto& pair : second.pairs) (pair.held_out ? held_out : training).push_back(pair.source_frame);
  EXPECT_THAT(training, testing::Not(Contains(unusable)));
  EXPECT_EQ(held_out, curate.keep_held_out);
  EXPECT_THAT(training, testing::IsSupersetOf(curate.keep));
  EXPECT_THAT(second.rejected, Contains(testing::AllOf(Field(&RejectedFrame::source_frame, unusable),
                                                       Field(&RejectedFrame::reasons, Contains("residual")))));
  curate.keep.push_back(unusable);
  EXPECT_THAT(FailureOfCall([&] { Run("third", curate, inputs); }).message, HasSubstr("found its pair unusable"));
  curate.keep = curate.keep_held_out;
  EXPECT_THAT(FailureOfCall([&] { Run("third", curate, inputs); }).message, HasSubstr("is kept twice"));
}

TEST_F(Stages, AMapIsCorrectedByHandWithoutLookingAgain) {
  MakeMap();
  ASSERT_EQ(Run("edit",
                Corrected({{SetPartner{105, 10}, {}, {}}, {{}, "101-102", {}}, {{}, {}, ShiftPartners{"120-121", 1}}}),
                Earlier("match", "frame_map"))
                .outcome,
            EngineOutcome::kSucceeded);
  const auto map = Map("edit");
  EXPECT_EQ(map.frames[4].reference, 10);
  EXPECT_TRUE(map.frames[4].by_hand);
  EXPECT_FALSE(map.frames[0].reference);
  EXPECT_EQ(map.frames[19].reference, 25);
  EXPECT_EQ(map.frames[3].reference, 8) << "what no edit names stays";
  EXPECT_THAT(map.edits, SizeIs(3));
  // Corrections add up.
  ASSERT_EQ(Run("again", Corrected({{{}, "103", {}}}), Earlier("edit", "frame_map")).outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(Map("again").edits, SizeIs(4));
  EXPECT_EQ(Map("again").frames[4].reference, 10);
}

TEST_F(Stages, CorrectionsThatContradictAreRefusedAndLeaveNothing) {
  MakeMap();
  const auto refusal = [&](std::vector<MapEdit> edits) {
    return FailureOfCall([&] { Run("refused", Corrected(std::move(edits)), Earlier("match", "frame_map")); }).message;
  };
  EXPECT_THAT(refusal({{SetPartner{105, 10}, {}, {}}, {SetPartner{105, 11}, {}, {}}}), HasSubstr("reference frame 10 and reference frame 11"));
  EXPECT_THAT(refusal({{SetPartner{205, 10}, {}, {}}}), HasSubstr("it goes from 101 to 124"));
  EXPECT_THAT(refusal({{SetPartner{105, 99}, {}, {}}}), HasSubstr("which the reference does not have"));
  EXPECT_THAT(refusal({{SetPartner{110, 2}, {}, {}}}), HasSubstr("backwards"));
  EXPECT_THAT(refusal({{{}, "x", {}}}), HasSubstr("unset"));
  EXPECT_THAT(refusal({MapEdit{}}), HasSubstr("no single correction"));
  EXPECT_FALSE(std::filesystem::exists(shot_.folder / "refused"));
}

TEST_F(Stages, AKeyedTransformReplacesTheSolvedOne) {
  MakeMap();
  ASSERT_EQ(Run("align", Align({104, 112}, {120}), WithMap()).outcome, EngineOutcome::kSucceeded);
  auto job = Align({104, 112}, {120});
  job.previous = StageInput{{}, "align"};
  job.keys = {{112, {}, 2.0, 0.0, 0.0, 0.0}};
  job.manual_frames = "112";
  auto inputs = WithMap();
  inputs.push_back({"previous", Document("align", "alignment")});
  ASSERT_EQ(Run("keyed", job, inputs).outcome, EngineOutcome::kSucceeded);
  const auto before = Aligned("align"), after = Aligned("keyed");
  EXPECT_EQ(after.pairs[0].path, "automatic");
  EXPECT_EQ(after.pairs[1].path, "manual");
  // Two source pixels to the right are 2.6 of the reference.
  EXPECT_NEAR(after.pairs[1].transform[2] - before.pairs[1].transform[2], 2.0 * 320.0 / 246.0, 0.2);
  EXPECT_GT(after.pairs[1].residual, before.pairs[1].residual);
  EXPECT_THAT(after.keys, SizeIs(1));
}

TEST_F(Stages, ACropMustBeEvenAndInside) {
  MakeMap();
  auto job = Align({104, 112});
  job.crop = PictureArea{3, 0, 100, 100};
  const auto failure = FailureOfCall([&] { Run("crop", job, WithMap()); });
  EXPECT_THAT(failure.message, HasSubstr("align.crop: "));
  EXPECT_THAT(failure.message, HasSubstr("even"));
  job.crop = PictureArea{0, 0, 400, 100};
  EXPECT_THAT(FailureOfCall([&] { Run("crop", job, WithMap()); }).message, HasSubstr("256"));
}

TEST_F(Stages, TheBaselineIsFittedOnTheAlignedPairs) {
  MakeMap();
  ASSERT_EQ(Run("align", Align({104, 112}, {120}), WithMap()).outcome, EngineOutcome::kSucceeded);
  BaselineJob job;
  job.recovery = Recovery::kChroma;
  job.source = Source();
  job.reference = Reference();
  job.alignment = StageInput{{}, "align"};
  job.lut_size = 17;
  ASSERT_EQ(Run("baseline", job, {{"alignment", Document("align", "alignment")}}).outcome, EngineOutcome::kSucceeded);
  EXPECT_GT(shot_.events.Figure("chroma_psnr_db", "lut"), shot_.events.Figure("chroma_psnr_db", "untouched") + 3.0);
  EXPECT_THAT(BytesOf(shot_.folder / "baseline/baseline.cube"), HasSubstr("LUT_3D_SIZE 17"));
}

}  // namespace
}  // namespace interneg::jobs
