#include "worker/engine/matching/frame_map.h"

#include <algorithm>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "tests/worker/engine/matching/drawn_thumbnails.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"
#include "worker/engine/simulation/video_reference.h"

namespace interneg::matching {
namespace {

constexpr std::int64_t kSource = 1001, kReference = 86400;
constexpr std::uint64_t kSeed = 11;

struct Outcome {
  FrameMap map;
  int exact = 0;    // of the frames that have a partner
  int partners = 0;
  int wrong = 0;    // matched, or held, to another film frame
};

Outcome MatchFilms(const std::vector<FilmFrame>& source, const std::vector<FilmFrame>& reference) {
  SCOPED_TRACE(kSeed);
  Outcome out{Match(Draw(source, Element::kFilm, kSource, kSeed), Draw(reference, Element::kVideo, kReference, kSeed + 1)), 0, 0, 0};
  for (const auto& frame : out.map.frames) {
    const FilmFrame& film = source[static_cast<std::size_t>(frame.source - kSource)];
    const bool partner = std::find(reference.begin(), reference.end(), film) != reference.end();
    const bool told = frame.state == FrameState::kMatched || frame.state == FrameState::kHeld;
    const bool same = told && reference[static_cast<std::size_t>(*frame.reference - kReference)] == film;
    out.partners += partner;
    out.exact += same;
    out.wrong += told && !same;
  }
  return out;
}

TEST(FrameMap, OneToOneIsExactAndKnowsItsOffset) {
  const auto film = Joined({Take(1, 0, 39), Take(2, 0, 29)});
  const auto out = MatchFilms(film, film);
  EXPECT_EQ(out.exact, 70);
  EXPECT_EQ(out.wrong, 0);
  ASSERT_EQ(out.map.spans.size(), 2U);
  EXPECT_EQ(out.map.spans[0].cadence.kind, CadenceKind::kOneToOne);
  EXPECT_EQ(out.map.spans[0].cadence.offset, kReference - kSource);
  EXPECT_NEAR(out.map.spans[0].geometry[0], 1 / .95, .01);
  EXPECT_TRUE(out.map.gaps.empty());
  EXPECT_TRUE(out.map.notes.empty());
  for (const auto& frame : out.map.frames) {
    EXPECT_GT(frame.score, .5);
    EXPECT_GT(frame.probability, .98);
  }
}

TEST(FrameMap, ReorderedDroppedAndShortenedShotsAreFound) {
  const auto source = Joined({Take(1, 0, 39), Take(2, 0, 29), Take(3, 0, 39), Take(4, 0, 24)});
  const auto reference = Joined({Take(5, 0, 29), Take(3, 8, 39), Take(1, 0, 30), Take(4, 0, 24)});
  const auto out = MatchFilms(source, reference);
  EXPECT_GE(out.exact, out.partners - 2) << "the frames at a missing head's edge may be left uncertain";
  EXPECT_EQ(out.wrong, 0);
  const auto missing = [&](Side side, std::int64_t first, std::int64_t last) {
    return std::any_of(out.map.gaps.begin(), out.map.gaps.end(), [&](const Gap& gap) { return gap.side == side && gap.first <= first && gap.last >= last; });
  };
  EXPECT_TRUE(missing(Side::kSource, kSource + 41, kSource + 68));
  EXPECT_TRUE(missing(Side::kReference, kReference, kReference + 29));
}

TEST(FrameMap, DroppedFramesGetNoPartner) {
  auto reference = Take(1, 0, 79);
  for (const int t : {61, 44, 43, 20}) reference.erase(reference.begin() + t);
  const auto out = MatchFilms(Take(1, 0, 79), reference);
  EXPECT_EQ(out.exact, 76);
  EXPECT_EQ(out.wrong, 0);
}

TEST(FrameMap, CadencesAreFollowedAndNamed) {
  struct Expected {
    int to, from, reference_rate, source_rate;
  };
  for (const Expected e : {Expected{25, 24, 25, 24}, Expected{25, 18, 25, 18}, Expected{24, 16, 3, 2}}) {
    const auto film = Take(3, 0, 79);
    const auto out = MatchFilms(film, Rerated(film, e.to, e.from));
    EXPECT_GE(out.exact, 79) << e.from << " to " << e.to;
    EXPECT_EQ(out.wrong, 0) << e.from << " to " << e.to;
    ASSERT_EQ(out.map.spans.size(), 1U);
    EXPECT_EQ(out.map.spans[0].cadence.reference_rate, e.reference_rate);
    EXPECT_EQ(out.map.spans[0].cadence.source_rate, e.source_rate);
  }
}

// Of film woven 3:2 on the source's side, A B BC CD D of each five are A B C D of the reference: the mixtures have no one
// partner, and must not mislead the frames about them.
TEST(FrameMap, MixturesDoNotMisleadTheWholeFramesAboutThem) {
  std::vector<FilmFrame> film;  // fast enough for a mixture to stand out of the grain
  for (int k = 0; k < 80; ++k) film.push_back({1, 5 * k});
  const auto source = Draw(film, Element::kFilm, kSource, kSeed);
  const auto again = Draw(film, Element::kFilm, kSource, kSeed + 7);
  std::vector<Thumbnail> woven;
  std::vector<int> shows;  // −1 for a mixture
  const auto mixed = [&](std::size_t a, std::size_t b) {
    Thumbnail out = again[a];
    for (std::size_t k = 0; k < out.luma.size(); ++k) out.luma[k] = .5F * (again[a].luma[k] + again[b].luma[k]);
    return out;
  };
  for (std::size_t k = 0; k + 3 < film.size(); k += 4) {
    woven.insert(woven.end(), {source[k], source[k + 1], mixed(k + 1, k + 2), mixed(k + 2, k + 3), source[k + 3]});
    shows.insert(shows.end(), {static_cast<int>(k), static_cast<int>(k + 1), -1, -1, static_cast<int>(k + 3)});
  }
  for (std::size_t i = 0; i < woven.size(); ++i) woven[i].frame = kSource + static_cast<std::int64_t>(i);
  const auto map = Match(woven, Draw(film, Element::kVideo, kReference, kSeed + 1));
  int exact = 0, wrong = 0, unsaid = 0;
  for (std::size_t i = 0; i < map.frames.size(); ++i) {
    const auto& frame = map.frames[i];
    if (frame.state != FrameState::kMatched && frame.state != FrameState::kHeld) continue;
    if (shows[i] < 0) {
      unsaid += frame.purity == Purity::kWhole ? 1 : 0;
    } else {
      (*frame.reference - kReference == shows[i] ? exact : wrong) += 1;
    }
  }
  EXPECT_GE(exact, 58) << "of 60";
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(unsaid, 31) << "of 40; 36 where nobody asks for the place between neighbours";
}

TEST(FrameMap, HolesInTheNumbersAreNoCuts) {
  auto source = Draw(Take(1, 0, 49), Element::kFilm, kSource, kSeed), reference = Draw(Take(1, 0, 49), Element::kVideo, kReference, kSeed + 1);
  source.erase(source.begin() + 20, source.begin() + 23);
  reference.erase(reference.begin() + 35, reference.begin() + 37);
  const auto map = Match(source, reference);
  int matched = 0;
  for (const auto& frame : map.frames) {
    if (frame.state != FrameState::kMatched) continue;
    EXPECT_EQ(*frame.reference - frame.source, kReference - kSource);
    ++matched;
  }
  EXPECT_GE(matched, 42) << "of 45; some are held";
}

TEST(FrameMap, AStillIsHeldByItsWholeSpan) {
  const std::vector<FilmFrame> still(24, FilmFrame{1, 5});
  const auto map = Match(Draw(still, Element::kFilm, kSource, kSeed), Draw(still, Element::kVideo, kReference, kSeed + 1));
  int held = 0;
  for (const auto& frame : map.frames) {
    EXPECT_NE(frame.state, FrameState::kUnmatched);
    held += frame.state == FrameState::kHeld;
    if (frame.state == FrameState::kHeld) {
      EXPECT_GT(frame.held_last - frame.held_first, 3);
    }
  }
  EXPECT_GE(held, 20);
}

TEST(FrameMap, NothingInCommonIsSaidAndNothingIsMatched) {
  const auto out = MatchFilms(Joined({Take(1, 0, 29), Take(2, 0, 29)}), Joined({Take(3, 0, 29), Take(4, 0, 29)}));
  EXPECT_TRUE(out.map.empty());
  EXPECT_EQ(out.wrong, 0);
  EXPECT_THAT(out.map.notes, ::testing::Contains(::testing::HasSubstr("no overlap")));
  EXPECT_EQ(out.map.gaps.size(), 2U);
}

TEST(FrameMap, OneFrameEmptySidesAndBlackAreNoTrouble) {
  const auto film = Draw(Take(1, 0, 19), Element::kVideo, kReference, kSeed);
  const auto one = Match(Draw(Take(1, 7, 7), Element::kFilm, kSource, kSeed), film);
  ASSERT_EQ(one.frames.size(), 1U);
  EXPECT_NE(one.frames[0].state, FrameState::kMatched) << "one frame alone proves nothing";
  EXPECT_TRUE(Match({}, film).frames.empty());
  const auto nothing = Match(film, {});
  EXPECT_THAT(nothing.notes, ::testing::Contains(::testing::HasSubstr("the reference has no frames")));
  auto black = film;
  for (auto& frame : black) std::fill(frame.luma.begin(), frame.luma.end(), .01F);
  const auto dark = Match(black, film);
  EXPECT_TRUE(dark.empty());
  EXPECT_THAT(dark.notes, ::testing::Contains(::testing::HasSubstr("20 of 20 frames of the source are black or constant")));
}

TEST(FrameMap, AMirroredReferenceIsSaid) {
  const auto source = Draw(Take(2, 0, 39), Element::kFilm, kSource, kSeed);
  auto reference = Draw(Take(2, 0, 39), Element::kVideo, kReference, kSeed + 1);
  for (auto& frame : reference) {
    for (int y = 0; y < Thumbnail::kHeight; ++y) {
      std::reverse(frame.luma.begin() + y * Thumbnail::kWidth, frame.luma.begin() + (y + 1) * Thumbnail::kWidth);
    }
  }
  const auto map = Match(source, reference);
  EXPECT_EQ(map.orientation, Orientation::kMirrored);
  EXPECT_THAT(map.notes, ::testing::Contains(::testing::HasSubstr("mirrored")));
  EXPECT_EQ(*map.frames[10].reference, kReference + 10);
}

TEST(FrameMap, TheSameInputGivesTheSameMapOnAnyNumberOfThreads) {
  const auto film = Joined({Take(1, 0, 29), Take(2, 0, 29)});
  const int threads = cv::getNumThreads();
  cv::setNumThreads(1);
  const auto a = MatchFilms(film, Rerated(film, 25, 24)).map;
  cv::setNumThreads(3);
  const auto b = MatchFilms(film, Rerated(film, 25, 24)).map;
  cv::setNumThreads(threads);
  for (std::size_t i = 0; i < a.frames.size(); ++i) {
    EXPECT_EQ(a.frames[i].reference, b.frames[i].reference);
    EXPECT_EQ(a.frames[i].probability, b.frames[i].probability);
  }
}

TEST(FrameMap, BadOptionsAndNumbersAreRefused) {
  const auto film = Draw(Take(1, 0, 3), Element::kFilm, 1, kSeed);
  EXPECT_THROW(Match(film, film, {.report_probability = 1.5}), std::invalid_argument);
  EXPECT_THROW(Match(film, film, {.report_probability = .9, .least_score = 0}), std::invalid_argument);
  EXPECT_THROW(Match(film, film, {.report_probability = .9, .least_score = .3, .shortest_span = 0}), std::invalid_argument);
  auto twice = film;
  twice[1].frame = twice[0].frame;
  EXPECT_THROW(Match(twice, film), std::invalid_argument);
}

// Pictures, not cells: a severely faded, grained, weaving print against a regraded video of the clean frames.
TEST(FrameMap, ASeverelyFadedPrintFindsItsVideo) {
  constexpr int kFrames = 24;
  std::vector<Thumbnail> source, reference;
  simulation::FadeOptions fade{simulation::ParseRetention("severe"), simulation::Evenness::kUneven, simulation::GrainGauge::k35mm, simulation::Weave::kSlow, true, kSeed};
  simulation::VideoOptions video;
  video.grade = simulation::DrawGradeShift(kSeed);
  for (int k = 0; k < kFrames; ++k) {
    const auto clean = simulation::DrawDemoScene({160, 96}, k, kFrames);
    source.push_back(MakeThumbnail(simulation::FadeFrame(clean, fade, k), kSource + k));
    reference.push_back(MakeThumbnail(simulation::VideoReference(image::Crop(clean, {5, 3, {150, 90}}), video, k), kReference + k));
  }
  const auto map = Match(source, reference);
  int exact = 0;
  for (const auto& frame : map.frames) {
    if (frame.state != FrameState::kMatched) continue;
    EXPECT_EQ(*frame.reference - kReference, frame.source - kSource);
    ++exact;
  }
  EXPECT_GE(exact, kFrames - 2);
}

}  // namespace
}  // namespace interneg::matching
