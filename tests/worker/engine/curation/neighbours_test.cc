// Each happening is drawn, and so is what resembles it and is none.
#include "worker/engine/curation/neighbours.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "tests/worker/engine/curation/drawn_shots.h"
#include "worker/engine/curation/splices.h"

namespace interneg::curation {
namespace {

using Pictures = std::vector<image::Image>;

Pictures Shot(int shot, int frames, double speed = 1.0) {
  Pictures out;
  for (int i = 0; i < frames; ++i) out.push_back(DrawShot(shot, i * speed));
  return out;
}

std::vector<Neighbourhood> Related(const std::vector<Candidate>& candidates) {
  std::vector<NumberedFeatures> numbered;
  for (const auto& candidate : candidates) numbered.push_back({candidate.frame, &candidate.features});
  return RelateNeighbours(numbered);
}
std::vector<Neighbourhood> Related(const Pictures& pictures) {
  return Related(CandidatesOf(pictures));
}

// Indices of the frames that have the property.
std::vector<int> Where(const std::vector<Neighbourhood>& all, bool Neighbourhood::*property) {
  std::vector<int> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].*property) out.push_back(static_cast<int>(i));
  }
  return out;
}
using Indices = std::vector<int>;

TEST(Neighbours, AMovingShotHasNothingButItsBegin) {
  const auto related = Related(Shot(3, 30));
  EXPECT_EQ(Where(related, &Neighbourhood::begins_shot), Indices{0});
  for (auto property : {&Neighbourhood::flash, &Neighbourhood::dissolve, &Neighbourhood::fade, &Neighbourhood::constant,
                        &Neighbourhood::splice}) {
    EXPECT_EQ(Where(related, property), Indices{});
  }
  EXPECT_GT(related[10].motion, 0.0);
  EXPECT_DOUBLE_EQ(Related(Shot(3, 8, 0.0))[4].motion, 0.0);
  EXPECT_FALSE(related[0].difference_previous.has_value());
  EXPECT_DOUBLE_EQ(*related[4].difference_next, *related[5].difference_previous);
}

TEST(Neighbours, ACutBeginsAShotAndAFlashDoesNot) {
  Pictures pictures = Shot(1, 12);
  for (auto& picture : Shot(2, 12)) pictures.push_back(picture);
  EXPECT_EQ(Where(Related(pictures), &Neighbourhood::begins_shot), (Indices{0, 12}));
  Pictures flashed = Shot(1, 24);
  flashed[11] = Scaled(flashed[11], 2.2);
  flashed[12] = Scaled(flashed[12], 1.8);
  const auto related = Related(flashed);
  EXPECT_EQ(Where(related, &Neighbourhood::begins_shot), Indices{0});
  EXPECT_EQ(Where(related, &Neighbourhood::flash), (Indices{11, 12}));
}

TEST(Neighbours, LightThatChangesAndStaysIsNoFlash) {
  Pictures pictures = Shot(1, 30);
  for (int i = 0; i < 30; ++i) pictures[i] = Scaled(pictures[i], i < 12 ? 1.0 : i < 18 ? 1.0 + (i - 11) * .1 : 1.6);
  const auto related = Related(pictures);
  EXPECT_EQ(Where(related, &Neighbourhood::flash), Indices{});
  EXPECT_EQ(Where(related, &Neighbourhood::begins_shot), Indices{0});
}

TEST(Neighbours, ADissolveIsSeenFromItsFirstMixturesToItsLast) {
  const Pictures a = Shot(1, 60, .3), b = Shot(2, 60, .3);
  Pictures pictures;
  for (int i = 0; i < 60; ++i)
    pictures.push_back(Mixed(a[i], b[i], i < 22 ? 1.0 : i >= 38 ? 0.0 : 1.0 - (i - 21) / 17.0));
  const auto dissolve = Where(Related(pictures), &Neighbourhood::dissolve);
  ASSERT_FALSE(dissolve.empty());
  EXPECT_GE(dissolve.front(), 22);
  EXPECT_LE(dissolve.front(), 25);
  EXPECT_LE(dissolve.back(), 37);
  EXPECT_GE(dissolve.back(), 34);
  EXPECT_GE(dissolve.size(), 10U);
}

TEST(Neighbours, AHardCutIsNoDissolve) {
  Pictures pictures = Shot(1, 30);
  for (auto& picture : Shot(2, 30)) pictures.push_back(picture);
  EXPECT_EQ(Where(Related(pictures), &Neighbourhood::dissolve), Indices{});
}

TEST(Neighbours, AFadeToBlackIsAFadeAndADarkShotIsNone) {
  Pictures pictures = Shot(1, 40, .3);
  for (int i = 20; i < 40; ++i) pictures[i] = Scaled(pictures[i], i < 32 ? 1.0 - (i - 19) / 13.0 : 0.0);
  const auto related = Related(pictures);
  const auto fade = Where(related, &Neighbourhood::fade), constant = Where(related, &Neighbourhood::constant);
  ASSERT_FALSE(fade.empty());
  EXPECT_GE(fade.front(), 20);
  EXPECT_LE(fade.front(), 23);
  EXPECT_EQ(constant.back(), 39);
  EXPECT_GE(constant.front(), 31);
  for (int i = 23; i < constant.front(); ++i) EXPECT_TRUE(related[i].fade) << i;
  Pictures dark = Shot(1, 40, .3);
  for (auto& picture : dark) picture = Scaled(picture, .25);
  EXPECT_EQ(Where(Related(dark), &Neighbourhood::fade), Indices{});
  EXPECT_EQ(Where(Related(dark), &Neighbourhood::constant), Indices{});
}

TEST(Neighbours, AFadeInIsSeenAndACutOutOfBlackIsNone) {
  Pictures in = Shot(1, 30, .3), cut = in;
  for (int i = 0; i < 15; ++i) in[i] = Scaled(in[i], i < 5 ? 0.0 : (i - 4) / 11.0);
  for (int i = 0; i < 5; ++i) cut[i] = Flat(0);
  const auto fade = Where(Related(in), &Neighbourhood::fade);
  ASSERT_FALSE(fade.empty());
  EXPECT_LE(fade.front(), 6);
  EXPECT_GE(fade.back(), 11);
  EXPECT_LE(fade.back(), 14);
  EXPECT_EQ(Where(Related(cut), &Neighbourhood::fade), Indices{});
}

TEST(Neighbours, AJumpOfOneFrameIsASpliceAndATiltIsNone) {
  Pictures jumped = Shot(4, 20, .3), tilted = jumped;
  jumped[9] = ShiftedDown(jumped[9], 5);
  for (int i = 0; i < 20; ++i) tilted[i] = ShiftedDown(tilted[i], i);
  EXPECT_EQ(Where(Related(jumped), &Neighbourhood::splice), Indices{9});
  EXPECT_EQ(Where(Related(tilted), &Neighbourhood::splice), Indices{});
}

TEST(Neighbours, ALineOfOneFrameIsASpliceAndOneThatStaysIsThePicture) {
  for (const float ink : {.98F, .0F}) {
    Pictures once = Shot(4, 20, .3), always = once;
    Fill(once[9], {0, 86, {160, 3}}, {ink, ink, ink});
    for (auto& picture : always) Fill(picture, {0, 86, {160, 3}}, {ink, ink, ink});
    EXPECT_EQ(Where(Related(once), &Neighbourhood::splice), Indices{9}) << ink;
    EXPECT_EQ(Where(Related(always), &Neighbourhood::splice), Indices{}) << ink;
  }
}

TEST(Neighbours, ABeamThatCrossesHalfThePictureForAFrameIsNoSplice) {
  Pictures pictures = Shot(4, 20, .3);
  Fill(pictures[9], {20, 40, {100, 3}}, {.98F, .98F, .98F});
  EXPECT_EQ(Where(Related(pictures), &Neighbourhood::splice), Indices{});
}

TEST(Neighbours, AHoleInTheNumbersPartsTheRange) {
  auto candidates = CandidatesOf(Shot(1, 10));
  for (std::size_t i = 5; i < 10; ++i) candidates[i].frame += 3;
  const auto related = Related(candidates);
  EXPECT_EQ(Where(related, &Neighbourhood::begins_shot), (Indices{0, 5}));
  EXPECT_FALSE(related[5].difference_previous.has_value());
  candidates[7].frame = candidates[6].frame;
  EXPECT_THROW(Related(candidates), std::invalid_argument);
}

TEST(VerticalShift, IsMeasuredInSharesOfTheHeight) {
  const auto still = CandidatesOf({DrawShot(4, 0), ShiftedDown(DrawShot(4, 0), 3)});
  const auto shift = ShiftBetween(still[0].features.rows, still[1].features.rows);
  EXPECT_NEAR(shift.share, 3 / 90.0, .006);
  EXPECT_GT(shift.gain, .7);
  EXPECT_DOUBLE_EQ(ShiftBetween(still[0].features.rows, still[0].features.rows).share, 0.0);
}

}  // namespace
}  // namespace interneg::curation
