// The stages before training, one handing its document to the next: two drawn elements of different size, framing and
// numbering, as an archive has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "tests/worker/engine/jobs/drawn_attempt.h"
#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/transform.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/stage_results.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::jobs {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

// Source: frames 101 to 124, 256×192, faded. Reference: 320×216, numbered from 1, four frames before the source's first,
// the picture cropped by 4 % and a line of text burned in.
class Stages : public testing::Test {
 protected:
  static constexpr image::Size kSource{256, 192}, kReference{320, 216};
  static constexpr int kFrames = 24, kFirst = 101, kLead = 4;

  static alignment::Transform Truth() {
    return alignment::Transform::ScaleAndShift(320.0 / 246.0, 216.0 / 184.0, -6.4, -4.7);
  }

  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    simulation::FadeOptions fade;
    fade.retention = {.30, 1, .80};
    for (int i = -kLead; i < kFrames; ++i) {
      const auto clean = simulation::DrawDemoScene(kSource, i + kLead, kFrames + kLead);
      if (i >= 0) WriteFrame(*folder_ / "source", "f.%04d.png", kFirst + i, simulation::FadeFrame(clean, fade, i));
      auto reference = alignment::Resample(clean, Truth().Inverse(), kReference, alignment::ResampleFilter::kLanczos3).picture;
      for (int y = 196; y < 204; ++y) {
        for (int x = 40; x < 120; ++x) {
          for (int c = 0; c < 3; ++c) {
            reference.plane(c)[static_cast<std::size_t>(y) * kReference.width_px + x] = (x / 4 + y / 4) % 2 == 0 ? 0.9F : 0.1F;
          }
        }
      }
      WriteFrame(*folder_ / "reference", "f.%04d.png", i + kLead + 1, image::ClampedToUnit(reference));
    }
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  FrameSource Source() const { return {*folder_ / "source/f.%04d.png", "101-124", ""}; }
  FrameSource Reference() const { return {*folder_ / "reference/f.%04d.png", "1-28", ""}; }

  template <typename Job>
  EngineResult Run(const std::string& name, const Job& job, const std::vector<InputDocument>& inputs = {}) {
    return RunJob(shot_, name, job, inputs);
  }
  std::string Document(const std::string& name, const std::string& kind) const {
    return shot_.folder / (name + "/" + kind + ".json");
  }
  FrameMap Map(const std::string& name) const { return ParseFrameMap(BytesOf(Document(name, "frame_map")), "map"); }
  Alignment Aligned(const std::string& name) const {
    return ParseAlignment(BytesOf(Document(name, "alignment")), "alignment");
  }
  MatchJob Match() const { return {Source(), Reference(), {}, {}, {}, false}; }
  MatchJob Corrected(std::vector<MapEdit> edits) const {
    auto job = Match();
    job.previous = StageInput{{}, "earlier"};
    job.edits = std::move(edits);
    return job;
  }
  AlignJob Align(std::vector<std::int32_t> pairs, std::vector<std::int32_t> held_out = {}) const {
    AlignJob job;
    job.source = Source();
    job.reference = Reference();
    job.pairs = std::move(pairs);
    job.held_out = std::move(held_out);
    job.frame_map = StageInput{{}, "match"};
    return job;
  }
  void MakeMap() { ASSERT_EQ(Run("match", Match()).outcome, EngineOutcome::kSucceeded); }
  std::vector<InputDocument> WithMap() const { return {{"frame_map", Document("match", "frame_map")}}; }
  std::vector<InputDocument> Earlier(const std::string& name, const std::string& kind) const {
    return {{"previous", Document(name, kind)}};
  }

  static TemporaryFolder* folder_;
  DrawnShot shot_;
};

TemporaryFolder* Stages::folder_ = nullptr;

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

TEST_F(Stages, ADocumentOfOtherFramesIsRefused) {
  MakeMap();
  auto align = Align({105});
  align.source->range = "101-110";
  const auto failure = FailureOfCall([&] { Run("other", align, WithMap()); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, HasSubstr("align.frameMap"));
  EXPECT_THAT(failure.message, HasSubstr("101-110"));
  EXPECT_THAT(FailureOfCall([&] { Run("none", Align({105})); }).message, HasSubstr("was not given"));
}

TEST_F(Stages, ARangeThatIsLeftOpenIsAllThatThereIsAndWrittenOut) {
  auto match = Match();
  match.source->range.clear();
  match.reference->range.clear();
  ASSERT_EQ(Run("match", match).outcome, EngineOutcome::kSucceeded);
  EXPECT_EQ(Map("match").source, Source());
  EXPECT_EQ(Map("match").reference, Reference());
  // Later jobs may name the range or leave it open too, as long as it is still the same.
  auto align = Align({104, 112}, {120});
  align.reference->range.clear();
  ASSERT_EQ(Run("align", align, WithMap()).outcome, EngineOutcome::kSucceeded);
  EXPECT_EQ(Aligned("align").reference, Reference());
  TrainJob train;
  train.recovery = Recovery::kChroma;
  train.source = Source();
  train.reference = align.reference;
  train.network = NetworkKind::kClosedForm;
  train.alignment = StageInput{{}, "align"};
  EXPECT_EQ(Run("train", train, {{"alignment", Document("align", "alignment")}}).outcome, EngineOutcome::kSucceeded);
  match.previous = StageInput{{}, "match"};
  match.edits = {{{}, "103", {}}};
  ASSERT_EQ(Run("edit", match, Earlier("match", "frame_map")).outcome, EngineOutcome::kSucceeded);
  EXPECT_EQ(Map("edit").reference, Reference());
}

TEST_F(Stages, ATelecinedReferenceIsMatchedAsFilm) {
  const frames::FrameSequence film(shot_.roots, shot_.roots.Locate(Reference().path, ""));
  std::vector<image::Image> fields;
  for (int frame = 1; frame <= 28; ++frame) {
    fields.insert(fields.end(), frame % 2 == 1 ? 2 : 3, film.Read(frame, "").rgb);
  }
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    WriteFrame(shot_.folder / "tape", "f.%04d.png", static_cast<int>(i / 2) + 1,
               frames::WeaveFields(fields[i], fields[i + 1]));
  }
  auto match = Match();
  match.reference = FrameSource{shot_.folder / "tape/f.%04d.png", "", ""};
  match.reference->pulldown = Pulldown{PulldownCadence::kThreeTwo, 0, document::FieldOrder::kUnspecified, {}};
  ASSERT_EQ(Run("match", match).outcome, EngineOutcome::kSucceeded);
  const auto map = Map("match");
  EXPECT_EQ(map.reference->range, "1-28");
  EXPECT_EQ(map.reference->pulldown, match.reference->pulldown);
  for (const auto& frame : map.frames) {
    EXPECT_EQ(frame.reference, frame.source - kFirst + kLead + 1);
    EXPECT_FALSE(frame.mixed);
  }
  auto align = Align({104, 112}, {120});
  align.reference = FrameSource{match.reference->path, "", ""};
  EXPECT_THAT(FailureOfCall([&] { Run("align", align, WithMap()); }).message, HasSubstr("another pulldown"));
}

// A capture may still be running while its first minutes are worked on.
TEST_F(Stages, AMediumThatHasGrownIsTheOneThatWasMatched) {
  TemporaryFolder grown;
  std::filesystem::copy(*folder_ / "reference", grown / "reference");
  auto match = Match();
  match.reference = FrameSource{grown / "reference/f.%04d.png", "", ""};
  ASSERT_EQ(Run("match", match).outcome, EngineOutcome::kSucceeded);
  std::filesystem::copy(grown / "reference/f.0028.png", grown / "reference/f.0029.png");
  auto align = Align({104, 112}, {120});
  align.reference = match.reference;
  ASSERT_EQ(Run("align", align, WithMap()).outcome, EngineOutcome::kSucceeded);
  EXPECT_EQ(Aligned("align").reference->range, "1-28");
  TrainJob train;
  train.recovery = Recovery::kChroma;
  train.source = match.source;
  train.reference = match.reference;
  train.network = NetworkKind::kClosedForm;
  train.alignment = StageInput{{}, "align"};
  EXPECT_EQ(Run("train", train, {{"alignment", Document("align", "alignment")}}).outcome, EngineOutcome::kSucceeded);
  align.reference->range = "1-29";
  EXPECT_THAT(FailureOfCall([&] { Run("align", align, WithMap()); }).message, AllOf(HasSubstr("1-28"), HasSubstr("1-29")));
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

TEST_F(Stages, ElementsThatShareNothingAreSaidSo) {
  for (int i = 0; i < 8; ++i) {
    image::Image noise({160, 120}, {"R", "G", "B"}, "");
    unsigned state = 7U + static_cast<unsigned>(i);
    for (float& v : noise.values()) v = static_cast<float>((state = state * 1664525U + 1013904223U) >> 8) / 16777216.0F;
    WriteFrame(shot_.folder / "other", "f.%04d.png", i + 1, noise);
  }
  auto match = Match();
  match.reference = FrameSource{shot_.folder / "other/f.%04d.png", "1-8", ""};
  ASSERT_EQ(Run("match", match).outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(Map("match").frames, Each(Field(&MappedFrame::state, MatchState::kUnmatched)));
  EXPECT_THAT(shot_.Warnings(), Contains(HasSubstr("no overlap")));
  CurateJob curate;
  curate.source = match.source;
  curate.reference = match.reference;
  curate.frame_map = StageInput{{}, "match"};
  EXPECT_THAT(FailureOfCall([&] { Run("curate", curate, WithMap()); }).message, HasSubstr("share no frame"));
}

TEST_F(Stages, TheSourceIsNoReferenceOfItself) {
  auto match = Match();
  match.reference = match.source;
  EXPECT_THAT(FailureOfCall([&] { Run("self", match); }).message, HasSubstr("it is the source itself"));
}

}  // namespace
}  // namespace interneg::jobs
