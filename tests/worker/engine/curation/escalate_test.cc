#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "tests/worker/engine/curation/drawn_shots.h"
#include "worker/engine/curation/suggest.h"

namespace interneg::curation {
namespace {

using testing::IsSubsetOf;
using testing::SizeIs;

// Slow, with a burst of motion in frames 50–69 (1051–1070).
const std::vector<Candidate>& Burst() {
  static const std::vector<Candidate> candidates = [] {
    std::vector<image::Image> pictures;
    for (int i = 0; i < 100; ++i) pictures.push_back(DrawShot(9, .1 * i + 4.0 * std::clamp(i - 50, 0, 20)));
    return CandidatesOf(pictures);
  }();
  return candidates;
}

std::vector<int> Added(const std::vector<int>& before, const std::vector<int>& after) {
  std::vector<int> out;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(out));
  return out;
}

TEST(Escalate, GoesFromFourToSevenToElevenAndKeepsWhatThereIs) {
  const auto four = Suggest(Burst(), {});
  const auto seven = Escalate(Burst(), four, {});
  const auto eleven = Escalate(Burst(), seven, {});
  EXPECT_THAT(seven.Frames(Role::kTraining), SizeIs(7));
  EXPECT_THAT(eleven.Frames(Role::kTraining), SizeIs(11));
  EXPECT_THAT(four.Frames(Role::kTraining), IsSubsetOf(seven.Frames(Role::kTraining)));
  EXPECT_THAT(seven.Frames(Role::kTraining), IsSubsetOf(eleven.Frames(Role::kTraining)));
  EXPECT_THAT(four.Frames(Role::kHeldOut), IsSubsetOf(seven.Frames(Role::kHeldOut)));
  EXPECT_THAT(seven.Frames(Role::kHeldOut), IsSubsetOf(eleven.Frames(Role::kHeldOut)));
  EXPECT_THAT(eleven.Frames(Role::kHeldOut), SizeIs(3));
}

TEST(Escalate, InsertsWhereTheNeighboursAreFarthestApart) {
  Suggestion ends;
  for (const int frame : {1001, 1050, 1071, 1100}) {
    ends.pairs.emplace_back();
    ends.pairs.back().frame = frame;
  }
  EscalateOptions options;
  options.pairs = 5;
  const auto five = Escalate(Burst(), ends, options);
  const auto added = Added(ends.Frames(Role::kTraining), five.Frames(Role::kTraining));
  ASSERT_THAT(added, SizeIs(1));
  EXPECT_GT(added.front(), 1050);
  EXPECT_LT(added.front(), 1071);
}

TEST(Escalate, GoesWhereTheErrorIsWhenItIsKnown) {
  Suggestion ends;
  for (const int frame : {1001, 1050, 1071, 1100}) {
    ends.pairs.emplace_back();
    ends.pairs.back().frame = frame;
  }
  EscalateOptions options;
  options.pairs = 5;
  for (int frame = 1001; frame <= 1100; ++frame) options.frame_error[frame] = frame >= 1080 && frame < 1090 ? 500 : .1;
  const auto added = Added(ends.Frames(Role::kTraining), Escalate(Burst(), ends, options).Frames(Role::kTraining));
  ASSERT_THAT(added, SizeIs(1));
  EXPECT_GE(added.front(), 1080);
  EXPECT_LT(added.front(), 1090);
}

TEST(Escalate, NeverTurnsAWithheldFrameIntoATrainingFrame) {
  auto suggestion = Suggest(Burst(), {});
  const auto withheld = suggestion.Frames(Role::kHeldOut);
  for (int round = 0; round < 3; ++round) {
    suggestion = Escalate(Burst(), suggestion, {});
    for (const int frame : withheld) {
      EXPECT_THAT(suggestion.Frames(Role::kTraining), testing::Not(testing::Contains(frame)));
    }
  }
  EXPECT_THAT(suggestion.Frames(Role::kTraining), SizeIs(17));
}

TEST(Escalate, CountsRiseAsRestorersDo) {
  EXPECT_EQ(NextCount(2), 4);
  EXPECT_EQ(NextCount(4), 7);
  EXPECT_EQ(NextCount(7), 11);
  EXPECT_EQ(NextCount(11), 17);
}

TEST(Escalate, ToAsManyPairsOnlyFillsWhatIsWithheld) {
  auto four = Suggest(Burst(), {});
  const auto withheld = four.Frames(Role::kHeldOut);
  std::erase_if(four.pairs, [](const auto& pair) { return pair.role == Role::kHeldOut; });
  EscalateOptions options;
  options.pairs = 4;
  const auto again = Escalate(Burst(), four, options);
  EXPECT_EQ(again.Frames(Role::kTraining), four.Frames(Role::kTraining));
  EXPECT_THAT(again.Frames(Role::kHeldOut), SizeIs(withheld.size()));
}

TEST(Escalate, RefusesFewerPairsAndFramesOfAnotherRange) {
  const auto four = Suggest(Burst(), {});
  EscalateOptions options;
  options.pairs = 3;
  EXPECT_THROW(Escalate(Burst(), four, options), std::invalid_argument);
  const std::vector<Candidate> others(Burst().begin(), Burst().begin() + 10);
  EXPECT_THROW(Escalate(others, four, {}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::curation
