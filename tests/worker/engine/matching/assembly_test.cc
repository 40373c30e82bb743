#include "worker/engine/matching/assembly_opencv.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::int64_t kSource = 1001, kReference = 501;
constexpr int kReferenceFrames = 60;

FrameEvidence Sharp(int reference) {
  FrameEvidence e;
  e.reference = e.alike_first = e.alike_last = reference;
  e.score = .9;
  e.margin = .8;
  e.probability = .999;
  e.nats = 10.0;
  e.movement = Movement::kMoved;
  e.rival = 1e-6;
  e.rival_reference = reference + 1;
  e.nearby.assign(2 * kNearby + 1, 50.0F);
  e.nearby[kNearby] = 0.0F;
  return e;
}

// Source frames 1001 … of one shot, paired one to one with reference frames 511 …, and what a test changes in it.
struct Film {
  Film(int frames = 20) : source(static_cast<std::size_t>(frames)), reference(kReferenceFrames) {
    for (std::size_t i = 0; i < source.size(); ++i) source[i].frame = kSource + static_cast<std::int64_t>(i);
    for (std::size_t j = 0; j < reference.size(); ++j) reference[j].frame = kReference + static_cast<std::int64_t>(j);
    run.reference_shot = {0, kReferenceFrames - 1};
    run.motion = .9;
    run.residual = 1.0;
    for (int i = 0; i < frames; ++i) run.frames.push_back(Sharp(10 + i));
  }
  FrameEvidence& at(int i) { return run.frames[static_cast<std::size_t>(i)]; }
  // Neither the likeliest by much, nor told apart by much.
  FrameEvidence& Blunt(int i) {
    at(i).margin = .1;
    at(i).nearby.assign(2 * kNearby + 1, 6.0F);
    at(i).nearby[kNearby] = 0.0F;
    return at(i);
  }
  FrameMap Map() const {
    return Assemble({source, reference, {{0, static_cast<int>(source.size()) - 1}}, {{0, kReferenceFrames - 1}}},
                    runs(), {});
  }
  std::vector<Run> runs() const {
    std::vector<Run> out{run};
    if (elsewhere) out.push_back(*elsewhere);
    return out;
  }

  std::vector<Thumbnail> source, reference;
  Run run;
  std::optional<Run> elsewhere;
};

// Why frame i is uncertain; empty when it is not.
std::string ReasonOf(const FrameMap& map, int i) {
  for (const auto& span : map.uncertain) {
    if (kSource + i >= span.first && kSource + i <= span.last) return span.reason;
  }
  return "";
}

int Doubted(const FrameMap& map) {
  int count = 0;
  for (const auto& frame : map.frames) count += frame.state == FrameState::kUncertain ? 1 : 0;
  return count;
}

TEST(Runs, HangOnAFewFramesWhereNoTwoTransfersDifferSo) {
  const auto run = [](int frames, int on_each) {
    matching::Run out;
    for (int i = 0; i < frames; ++i) out.frames.push_back(Sharp(i / on_each));
    return out;
  };
  EXPECT_FALSE(Hangs(run(30, 1)));
  EXPECT_FALSE(Hangs(run(30, 2))) << "12 frames a second in 24";
  EXPECT_FALSE(Hangs(run(30, 3)));
  EXPECT_TRUE(Hangs(run(30, 4)));
  EXPECT_FALSE(Hangs(run(5, 5))) << "a few frames may stand";
  EXPECT_TRUE(Hangs(run(6, 6)));
}

TEST(Assembly, SharpFramesOneToOneAreMatched) {
  const auto map = Film().Map();
  EXPECT_TRUE(map.uncertain.empty());
  for (const auto& frame : map.frames) {
    EXPECT_EQ(frame.state, FrameState::kMatched);
    EXPECT_EQ(*frame.reference - kReference, frame.source - kSource + 10);
  }
}

TEST(Assembly, AFrameThatTheLawPutsElsewhereIsSaidToBeAskedForThere) {
  Film film;
  film.Blunt(8).reference = 17;  // of the frames about it 18
  film.at(8).alike_first = film.at(8).alike_last = 17;
  film.at(8).nats = 30.0;
  film.at(8).rival_reference = -1;
  const auto map = film.Map();
  EXPECT_EQ(Doubted(map), 1);
  EXPECT_EQ(ReasonOf(map, 8), "looks like reference frame 518, where the frames around it ask for 519");
}

// One sharp frame makes no law.
Film Lawless() {
  Film film(4);
  for (const int i : {1, 2, 3}) film.Blunt(i);
  return film;
}

TEST(Assembly, ACloseFrameWithoutALawNamesItsRivalOrNone) {
  Film film = Lawless();
  film.at(3).rival_reference = 15;
  EXPECT_EQ(ReasonOf(film.Map(), 3), "looks nearly as much like reference frame 516");
  film.at(3).rival_reference = -1;
  EXPECT_EQ(ReasonOf(film.Map(), 3), "is hardly told from the frames around its partner");
}

TEST(Assembly, ACloseFrameIsSettledByTheFramesAboutIt) {
  Film film;
  film.Blunt(8).nearby[kNearby + 1] = 1.0F;
  film.at(8).reference = film.at(8).alike_first = film.at(8).alike_last = 17;
  const auto map = film.Map();
  EXPECT_EQ(ReasonOf(map, 8), "");
  EXPECT_EQ(map.frames[8].reference, kReference + 18);
}

TEST(Assembly, AFrameThatAnotherColumnLikesMoreIsDoubted) {
  Film film = Lawless();
  film.at(3).probability = .3;
  film.at(3).rival = .7;
  film.at(3).rival_reference = 15;
  EXPECT_EQ(ReasonOf(film.Map(), 3), "looks more like reference frame 516 than its neighbours allow");
}

TEST(Assembly, TwoPartsThatExplainAFrameAlikeAreBothNamed) {
  Film film;
  film.elsewhere = film.run;
  for (auto& frame : film.elsewhere->frames) frame.reference += 30, frame.alike_first += 30, frame.alike_last += 30;
  EXPECT_EQ(ReasonOf(film.Map(), 0), "looks as much like another part of the reference, about frame 541");
  film.elsewhere->residual = 1.2;
  EXPECT_TRUE(film.Map().uncertain.empty()) << "the better explanation is believed";
}

TEST(Assembly, AnAgreementOfTwoFramesProvesNothing) {
  EXPECT_EQ(ReasonOf(Film(2).Map(), 1), "agrees for fewer than 3 frames");
}

TEST(Assembly, APlaceBetweenBeyondOrAsideIsSaidAsSuch) {
  Film film;
  film.at(5).lean = {.5, .05, 16};
  film.at(19).lean = {.6, .05, 29};
  film.at(9).lean = {.05, .05, 20, .6};
  film.at(12).lean = {.3, .05, 23};
  film.at(14).lean = {.05, .05, 25, .3};
  const auto map = film.Map();
  EXPECT_EQ(
      ReasonOf(map, 5),
      "lies between reference frames 516 and 517: it or one of them holds two film frames, or the reference lacks it");
  EXPECT_EQ(ReasonOf(map, 19), "lies beyond reference frame 530: the reference may lack it");
  EXPECT_EQ(ReasonOf(map, 9),
            "differs from reference frame 520 in what no movement makes: damage, a title, or another picture");
  EXPECT_EQ(map.frames[9].purity, Purity::kWhole) << "what is damaged holds no second film frame";
  EXPECT_EQ(map.frames[12].purity, Purity::kMixed);
  EXPECT_EQ(map.frames[12].state, FrameState::kMatched);
  EXPECT_EQ(map.frames[14].purity, Purity::kWhole);
  EXPECT_EQ(map.frames[14].state, FrameState::kMatched);
}

TEST(Assembly, AFrameOffTheOneToOneLawIsNotShownByWhatAnotherHas) {
  Film film;
  film.at(19) = Sharp(28);  // of source frame 1019, which has it already
  film.at(19).movement = Movement::kStood;
  const auto map = film.Map();
  EXPECT_EQ(ReasonOf(map, 18), "");
  EXPECT_EQ(ReasonOf(map, 19),
            "looks like reference frame 529, which the cadence gives to source frame 1019: the reference may lack it");
}

TEST(Assembly, TimeDoesNotRunBackwards) {
  Film film = Lawless();
  for (const int i : {1, 2, 3}) film.at(i).margin = .2;
  film.at(2).reference = film.at(2).alike_first = film.at(2).alike_last = 10;
  EXPECT_EQ(ReasonOf(film.Map(), 2), "would show time running backwards");
}

TEST(Assembly, ASpanOfDoubtHasTheFramesOfWhichItsReasonIsTrue) {
  Film film;
  for (const int i : {5, 6, 7}) film.at(i).lean = {.5, .05, 11 + i};
  const auto map = film.Map();
  ASSERT_EQ(map.uncertain.size(), 3U);
  EXPECT_EQ(map.uncertain[1].first, kSource + 6);
  EXPECT_EQ(map.uncertain[1].last, kSource + 6);
  EXPECT_THAT(map.uncertain[1].reason, AllOf(HasSubstr("517"), HasSubstr("518")));
  film.run.frames.resize(2);
  film.source.resize(2);
  const auto brief = film.Map();
  ASSERT_EQ(brief.uncertain.size(), 1U) << "what is true of both is said once";
  EXPECT_EQ(brief.uncertain[0].last, kSource + 1);
}

}  // namespace
}  // namespace interneg::matching
