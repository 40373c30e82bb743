// What one stage hands to the next: the document of a job becomes the input of those that name it.
#include <gmock/gmock.h>

#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::JobKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

scheduling::JobRequest Stage(scheduling::JobRequest request, JobKind kind) {
  request.facts.kind = kind;
  return request;
}

scheduling::JobRequest Naming(scheduling::JobRequest request, scheduling::JobInput input) {
  request.facts.inputs.push_back(std::move(input));
  return request;
}

TEST_F(Farm, AStageIsOfferedTheNewestDocumentOfTheJobThatItNames) {
  const auto worker = Attached("w");
  const auto match = Submitted(Stage(Probe(), JobKind::kMatch));
  const auto align = Submitted(
      Naming(Stage(Probe(), JobKind::kAlign), {"frame_map", "frame_map", "", match.job_id, "align.frameMap"}));
  ASSERT_EQ(Claim(), 1) << "the alignment waits";
  const auto matching = Taken(worker);
  EXPECT_EQ(matching.job_id, match.job_id);
  EXPECT_THAT(matching.inputs, IsEmpty());
  const std::string first = NewHash(), second = NewHash();
  Store(matching.attempt, first, "frame_map");
  Store(matching.attempt, NewHash(), "difference_sheet");
  Store(matching.attempt, second, "frame_map");
  Commit(worker, matching.attempt, Success());
  const auto aligning = Taken(worker);
  EXPECT_EQ(aligning.job_id, align.job_id);
  EXPECT_THAT(aligning.inputs, ElementsAre(Pair("frame_map", second)));
}

TEST_F(Farm, AStageIsOfferedTheDocumentWhoseHashItNames) {
  const auto worker = Attached("w");
  const std::string map = NewHash(), pairs = NewHash();
  Submitted(Naming(Naming(Stage(Probe(), JobKind::kAlign), {"pair_choice", "pair_choice", pairs, "", "align.pairChoice"}),
                   {"frame_map", "frame_map", map, "", "align.frameMap"}));
  EXPECT_THAT(Taken(worker).inputs, ElementsAre(Pair("frame_map", map), Pair("pair_choice", pairs)));
}

TEST_F(Farm, ATrainingWaitsForItsAlignment) {
  const auto worker = Attached("w");
  const auto align = Submitted(Stage(Probe(), JobKind::kAlign));
  const auto train = Submitted(Naming(Train(), {"alignment", "alignment", "", align.job_id, "train.alignment"}));
  const auto aligning = Taken(worker);
  EXPECT_EQ(aligning.job_id, align.job_id);
  const std::string alignment = NewHash();
  Store(aligning.attempt, alignment, "alignment");
  Commit(worker, aligning.attempt, Success());
  const auto training = Taken(worker);
  EXPECT_EQ(training.job_id, train.job_id);
  EXPECT_THAT(training.inputs, ElementsAre(Pair("alignment", alignment)));
}

TEST_F(Farm, AStageWhoseInputWasNeverMadeFailsAndSaysSo) {
  const auto worker = Attached("w");
  const auto match = Submitted(Stage(Probe(), JobKind::kMatch));
  const auto align = Submitted(
      Naming(Stage(Probe(), JobKind::kAlign), {"frame_map", "frame_map", "", match.job_id, "align.frameMap"}));
  Commit(worker, Taken(worker).attempt, Success());
  EXPECT_EQ(Claim(), 0);
  const auto ended = jobs().Get(align.job_id);
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->state, scheduling::JobState::kFailed);
  ASSERT_TRUE(ended->failure);
  EXPECT_THAT(ended->failure->message, HasSubstr("made no frame_map"));
}

TEST_F(Farm, AJobOfAnotherKindIsNoMakerOfADocument) {
  const auto probe = Submitted(Probe());
  const auto request =
      Naming(Stage(Probe(), JobKind::kAlign), {"frame_map", "frame_map", "", probe.job_id, "align.frameMap"});
  const auto refused = jobs().Submit(actor_, request);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("align.frameMap"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("name a match job"));
}

}  // namespace
}  // namespace interneg::storage
