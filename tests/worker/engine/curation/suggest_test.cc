#include "worker/engine/curation/suggest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/worker/engine/curation/drawn_shots.h"

namespace interneg::curation {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// One shot of 80 frames; a red sign stands in frames 21–30 (1022–1031) only.
const std::vector<Candidate>& WithSign() {
  static const std::vector<Candidate> candidates = [] {
    std::vector<image::Image> pictures;
    for (int i = 0; i < 80; ++i) {
      pictures.push_back(DrawShot(7, i * .4));
      if (i >= 21 && i <= 30) Fill(pictures.back(), {60, 30, {40, 25}}, {.85F, .08F, .06F});
    }
    return CandidatesOf(pictures);
  }();
  return candidates;
}

// Shots of these lengths, one behind the other.
std::vector<Candidate> Shots(const std::vector<int>& lengths) {
  std::vector<image::Image> pictures;
  for (std::size_t s = 0; s < lengths.size(); ++s) {
    for (int i = 0; i < lengths[s]; ++i) pictures.push_back(DrawShot(static_cast<int>(s) + 1, i * .5));
  }
  return CandidatesOf(pictures);
}

const std::vector<Candidate>& UnevenShots() {
  static const auto candidates = Shots({60, 6, 40, 5, 7, 30});
  return candidates;
}

SuggestOptions Asking(Scope scope, std::optional<int> pairs = {}) {
  SuggestOptions options;
  options.scope = scope;
  options.pairs = pairs;
  return options;
}

const KindCoverage<Family>& Of(const Suggestion& suggestion, Family family) {
  return suggestion.families[static_cast<std::size_t>(family)];
}

TEST(Suggest, ShowsWhatEvenSpacingWouldMiss) {
  const auto suggestion = Suggest(WithSign(), {});
  EXPECT_THAT(suggestion.Frames(Role::kTraining), SizeIs(4));
  EXPECT_THAT(suggestion.Frames(Role::kHeldOut), SizeIs(1));
  const auto& red = Of(suggestion, Family::kRedPrimary);
  EXPECT_EQ(red.presence, Presence::kCovered);
  ASSERT_THAT(red.pairs, SizeIs(1));
  EXPECT_THAT(red.pairs, Each(testing::AllOf(testing::Ge(1022), testing::Le(1031))));
  const auto pair = std::find_if(suggestion.pairs.begin(), suggestion.pairs.end(),
                                 [&](const auto& p) { return p.frame == red.pairs.front(); });
  EXPECT_THAT(pair->families, Contains(Family::kRedPrimary));
  EXPECT_THAT(pair->best_for, Contains(Family::kRedPrimary));
  EXPECT_GT(pair->coverage, 0.0);
}

TEST(Suggest, PlacesPairsAtBeginMiddlesAndEnd) {
  std::multiset<Placement> placements;
  for (const auto& pair : Suggest(WithSign(), {}).pairs) {
    if (pair.role == Role::kTraining) placements.insert(pair.placement);
  }
  EXPECT_GE(placements.count(Placement::kBegin), 1U);
  EXPECT_GE(placements.count(Placement::kMiddle), 1U);
  EXPECT_GE(placements.count(Placement::kEnd), 1U);
}

TEST(Suggest, IsTheSameEveryTime) {
  const auto one = Suggest(WithSign(), Asking(Scope::kShot, 7)), again = Suggest(WithSign(), Asking(Scope::kShot, 7));
  EXPECT_EQ(one.Frames(Role::kTraining), again.Frames(Role::kTraining));
  EXPECT_EQ(one.Frames(Role::kHeldOut), again.Frames(Role::kHeldOut));
}

TEST(Suggest, TakesTheScopesUsualNumberAndWithholdsAFifth) {
  const auto shots = UnevenShots();
  for (const Scope scope : {Scope::kShot, Scope::kScene, Scope::kSequence}) {
    const auto suggestion = Suggest(shots, Asking(scope));
    const auto training = suggestion.Frames(Role::kTraining).size(),
               held_out = suggestion.Frames(Role::kHeldOut).size();
    EXPECT_EQ(static_cast<int>(training), CountsOf(scope).usual);
    const double share = static_cast<double>(held_out) / static_cast<double>(training + held_out);
    EXPECT_GE(share, .15);
    EXPECT_LE(share, .25);
  }
}

TEST(Suggest, GivesEveryShotAPairWhereThereAreEnough) {
  const auto suggestion = Suggest(UnevenShots(), Asking(Scope::kScene, 12));
  ASSERT_THAT(suggestion.shots, SizeIs(6));
  for (const auto& shot : suggestion.shots) EXPECT_GE(shot.training_pairs, 1) << shot.first_frame;
  EXPECT_EQ(suggestion.shots[1].first_frame, 1061);
  EXPECT_EQ(suggestion.shots[1].last_frame, 1066);
  EXPECT_THAT(suggestion.notes, IsEmpty());
  const auto few = Suggest(UnevenShots(), Asking(Scope::kScene, 3));
  EXPECT_THAT(few.notes, Contains(HasSubstr("3 of 6 shots have no training pair")));
}

TEST(Suggest, NeverTakesARejectedFrameAndSaysWhy) {
  std::vector<image::Image> pictures;
  for (int i = 0; i < 40; ++i) pictures.push_back(DrawShot(5, i * .3));
  for (int i = 10; i < 16; ++i) pictures[i] = Blurred(pictures[i], 2);
  pictures[25] = Scaled(pictures[25], 1.9);
  auto candidates = CandidatesOf(pictures);
  candidates[30].partner = Partner::kNone;
  const auto suggestion = Suggest(candidates, Asking(Scope::kShot, 9));
  std::set<int> rejected;
  for (const auto& frame : suggestion.rejected) {
    rejected.insert(frame.frame);
    EXPECT_THAT(frame.reasons, Not(IsEmpty()));
  }
  EXPECT_EQ(rejected, (std::set<int>{1011, 1012, 1013, 1014, 1015, 1016, 1026, 1031}));
  for (const auto& pair : suggestion.pairs) {
    EXPECT_FALSE(rejected.contains(pair.frame)) << pair.frame;
    EXPECT_THAT(pair.compromises, Not(Contains(Compromise::kBlurred)));
  }
}

TEST(Suggest, AcceptsACompromiseWhereAShotHasNothingBetterAndSaysSo) {
  auto candidates = Shots({20, 8, 20});
  for (std::size_t i = 20; i < 28; ++i) candidates[i].lettering_share = .02;
  candidates[3].lettering_share = .02;
  const auto suggestion = Suggest(candidates, Asking(Scope::kScene, 6));
  int accepted = 0;
  for (const auto& pair : suggestion.pairs) {
    const bool within = pair.frame >= 1021 && pair.frame <= 1028;
    EXPECT_EQ(std::count(pair.compromises.begin(), pair.compromises.end(), Compromise::kSubtitle), within ? 1 : 0);
    accepted += within && pair.role == Role::kTraining ? 1 : 0;
  }
  EXPECT_GE(accepted, 1);
  // Another shot has frames without that fault, so there the one with it is refused.
  EXPECT_EQ(suggestion.rejected.front().frame, 1004);
}

TEST(Suggest, WithheldFramesKeepTheirDistance) {
  const auto suggestion = Suggest(WithSign(), Asking(Scope::kShot, 8));
  ASSERT_THAT(suggestion.Frames(Role::kHeldOut), SizeIs(2));
  for (const auto& pair : suggestion.pairs) {
    if (pair.role == Role::kTraining) continue;
    EXPECT_THAT(pair.compromises, IsEmpty());
    for (const int training : suggestion.Frames(Role::kTraining)) EXPECT_GE(std::abs(training - pair.frame), 1);
  }
  const auto four = Suggest(WithSign(), {});
  for (const int training : four.Frames(Role::kTraining)) {
    EXPECT_GE(std::abs(training - four.Frames(Role::kHeldOut).front()), 2);
  }
}

// In four frames, one of two pictures each, no frame is unlike the pairs.
TEST(Suggest, MarksAWithheldFrameThatIsNearlyATrainingFrame) {
  const std::vector<image::Image> pictures = {DrawShot(1, 0), DrawShot(1, 0), DrawShot(1, 40), DrawShot(1, 40)};
  const auto suggestion = Suggest(CandidatesOf(pictures), Asking(Scope::kShot, 3));
  int marked = 0;
  for (const auto& pair : suggestion.pairs) {
    if (pair.role == Role::kHeldOut) marked += static_cast<int>(pair.compromises.size());
  }
  EXPECT_EQ(marked, 1);
}

TEST(Suggest, TellsMissingFromNotCovered) {
  const auto suggestion = Suggest(WithSign(), {});
  EXPECT_EQ(Of(suggestion, Family::kSpecular).presence, Presence::kMissing);
  EXPECT_THAT(Of(suggestion, Family::kSpecular).pairs, IsEmpty());
  auto without_sign = SuggestOptions{};
  for (int frame = 1022; frame <= 1031; ++frame) without_sign.limits.excluded.push_back(frame);
  // What is barred for good does not count as there.
  EXPECT_EQ(Of(Suggest(WithSign(), without_sign), Family::kRedPrimary).presence, Presence::kMissing);
  SuggestOptions light_only;
  light_only.weights = {0, 0, 0, 0, 1};
  light_only.pairs = 2;
  const auto blind = Suggest(WithSign(), light_only);
  EXPECT_EQ(Of(blind, Family::kRedPrimary).presence, Presence::kNotCovered);
  EXPECT_GT(Of(blind, Family::kRedPrimary).largest_share, .05);
}

TEST(Suggest, MakesDoWithFewFramesAndSaysSo) {
  const std::vector<Candidate> five(WithSign().begin(), WithSign().begin() + 5);
  const auto suggestion = Suggest(five, Asking(Scope::kScene));
  EXPECT_THAT(suggestion.Frames(Role::kTraining), SizeIs(4));
  EXPECT_THAT(suggestion.Frames(Role::kHeldOut), SizeIs(1));
  EXPECT_THAT(suggestion.notes, Contains(HasSubstr("only 5 frames can be used: 4 training pairs instead of 16")));
}

TEST(Suggest, RefusesWhatCannotBeDone) {
  std::vector<Candidate> lost(WithSign().begin(), WithSign().begin() + 8);
  for (auto& candidate : lost) candidate.partner = Partner::kNone;
  try {
    Suggest(lost, {});
    FAIL() << "pairs were suggested for frames without a partner";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), HasSubstr("no partner 8"));
  }
  EXPECT_THROW(Suggest({}, {}), std::invalid_argument);
  EXPECT_THROW(Suggest(WithSign(), Asking(Scope::kShot, 1)), std::invalid_argument);
  SuggestOptions greedy;
  greedy.held_out_share = .4;
  EXPECT_THROW(Suggest(WithSign(), greedy), std::invalid_argument);
  std::vector<Candidate> unsorted(WithSign().begin(), WithSign().begin() + 8);
  std::swap(unsorted[2], unsorted[5]);
  EXPECT_THROW(Suggest(unsorted, {}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::curation
