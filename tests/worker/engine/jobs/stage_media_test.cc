// Which frames the stages take for their elements, and whose documents they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/worker/engine/jobs/drawn_elements.h"
#include "worker/engine/frames/frame_reader.h"

namespace interneg::jobs {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;

using ElementsOfStages = DrawnElements;

TEST_F(ElementsOfStages, ADocumentOfOtherFramesIsRefused) {
  MakeMap();
  auto align = Align({105});
  align.source->range = "101-110";
  const auto failure = FailureOfCall([&] { Run("other", align, WithMap()); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, HasSubstr("align.frameMap"));
  EXPECT_THAT(failure.message, HasSubstr("101-110"));
  EXPECT_THAT(FailureOfCall([&] { Run("none", Align({105})); }).message, HasSubstr("was not given"));
}

TEST_F(ElementsOfStages, ARangeThatIsLeftOpenIsAllThatThereIsAndWrittenOut) {
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

TEST_F(ElementsOfStages, ATelecinedReferenceIsMatchedAsFilm) {
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
TEST_F(ElementsOfStages, AMediumThatHasGrownIsTheOneThatWasMatched) {
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

TEST_F(ElementsOfStages, ElementsThatShareNothingAreSaidSo) {
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

TEST_F(ElementsOfStages, TheSourceIsNoReferenceOfItself) {
  auto match = Match();
  match.reference = match.source;
  EXPECT_THAT(FailureOfCall([&] { Run("self", match); }).message, HasSubstr("it is the source itself"));
}

}  // namespace
}  // namespace interneg::jobs
