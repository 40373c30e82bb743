#include "worker/engine/matching/shots.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/worker/engine/matching/drawn_thumbnails.h"

namespace interneg::matching {
namespace {

std::vector<Thumbnail> Film(const std::vector<FilmFrame>& frames) { return Draw(frames, Element::kFilm, 101, 5); }

void Scale(Thumbnail& thumbnail, float factor) {
  for (float& v : thumbnail.luma) v *= factor;
}

TEST(Shots, HardCutsAreFoundToTheFrame) {
  const auto list = FindShots(Film(Joined({Take(1, 0, 29), Take(2, 0, 17), Take(3, 5, 40)})));
  ASSERT_EQ(list.shots.size(), 3U);
  EXPECT_EQ(list.shots[0].first, 101);
  EXPECT_EQ(list.shots[0].last, 130);
  EXPECT_EQ(list.shots[0].begins, BoundaryKind::kEdge);
  EXPECT_EQ(list.shots[0].ends, BoundaryKind::kCut);
  EXPECT_EQ(list.shots[1].first, 131);
  EXPECT_EQ(list.shots[1].last, 148);
  EXPECT_EQ(list.shots[2].last, 184);
  EXPECT_GT(list.shots[1].confidence, .5);
  EXPECT_TRUE(list.spans.empty());
}

// The steps of a pan that is faster than the picture's parts are wide are large themselves.
TEST(Shots, ACutToAWhipPanIsFound) {
  cv::Mat1f wide(Thumbnail::kHeight, 40 * Thumbnail::kWidth);
  cv::RNG random(8);
  random.fill(wide, cv::RNG::UNIFORM, 0.0, 1.0);
  cv::GaussianBlur(wide, wide, {}, 6.0);
  cv::normalize(wide, wide, .1, .9, cv::NORM_MINMAX);
  auto film = Film(Take(1, 0, 59));
  int at = 0;
  for (int k = 30; k < 60; ++k) {
    const cv::Mat1f window = wide.colRange(at, at + Thumbnail::kWidth).clone();
    film[static_cast<std::size_t>(k)].luma.assign(window.begin(), window.end());
    at += k < 45 ? 3 : 1;
  }
  const auto list = FindShots(film);
  ASSERT_GE(list.shots.size(), 2U);
  EXPECT_EQ(list.shots[0].last, 130);
  EXPECT_EQ(list.shots[0].ends, BoundaryKind::kCut);
}

TEST(Shots, AFlashOfOneOrTwoFramesIsNoCut) {
  for (const int length : {1, 2}) {
    auto film = Film(Take(1, 0, 39));
    for (int k = 0; k < length; ++k) film[20 + k].luma = Film(Take(9, 0, 0))[0].luma;
    const auto list = FindShots(film);
    EXPECT_EQ(list.shots.size(), 1U) << length;
    ASSERT_EQ(list.spans.size(), 1U) << length;
    EXPECT_EQ(list.spans[0].kind, SpanKind::kFlash);
    EXPECT_EQ(list.spans[0].first, 121);
    EXPECT_EQ(list.spans[0].last, 120 + length);
  }
}

TEST(Shots, AChangeOfLevelIsNoCut) {
  auto film = Film(Take(1, 0, 39));
  for (std::size_t i = 20; i < film.size(); ++i) Scale(film[i], .5F);
  EXPECT_EQ(FindShots(film).shots.size(), 1U);
}

TEST(Shots, AFadeThroughBlackIsASpanAndABoundary) {
  auto film = Film(Joined({Take(1, 0, 39), Take(2, 0, 39)}));
  for (int k = 0; k < 12; ++k) {
    Scale(film[static_cast<std::size_t>(39 - k)], static_cast<float>(k) / 12);
    Scale(film[static_cast<std::size_t>(40 + k)], static_cast<float>(k) / 12);
  }
  const auto list = FindShots(film);
  ASSERT_EQ(list.shots.size(), 2U);
  EXPECT_EQ(list.shots[0].ends, BoundaryKind::kFade);
  EXPECT_EQ(list.shots[1].begins, BoundaryKind::kFade);
  EXPECT_NEAR(static_cast<double>(list.shots[0].last), 140, 2);
  ASSERT_FALSE(list.spans.empty());
  EXPECT_EQ(list.spans[0].kind, SpanKind::kFade);
  EXPECT_NEAR(static_cast<double>(list.spans[0].first), 130, 4);
  EXPECT_NEAR(static_cast<double>(list.spans[0].last), 151, 4);
}

TEST(Shots, ADissolveIsASpanAndABoundary) {
  const auto a = Film(Take(1, 0, 79)), b = Film(Take(2, 0, 79));
  auto film = a;
  for (int i = 30; i < 80; ++i) {
    const float share = std::min(1.0F, static_cast<float>(i - 29) / 17.0F);
    auto& luma = film[static_cast<std::size_t>(i)].luma;
    for (std::size_t k = 0; k < luma.size(); ++k) luma[k] = (1 - share) * luma[k] + share * b[static_cast<std::size_t>(i)].luma[k];
  }
  const auto list = FindShots(film);
  ASSERT_EQ(list.shots.size(), 2U);
  EXPECT_EQ(list.shots[0].ends, BoundaryKind::kDissolve);
  EXPECT_NEAR(static_cast<double>(list.shots[0].last), 101 + 38, 5);
  ASSERT_EQ(list.spans.size(), 1U);
  EXPECT_EQ(list.spans[0].kind, SpanKind::kDissolve);
}

TEST(Shots, NumbersMayHaveHolesButMustAscend) {
  auto film = Film(Take(1, 0, 19));
  for (std::size_t i = 10; i < film.size(); ++i) film[i].frame += 500;
  EXPECT_EQ(FindShots(film).shots.size(), 1U);
  std::swap(film[3], film[4]);
  EXPECT_THROW(FindShots(film), std::invalid_argument);
  film = Film(Take(1, 0, 1));
  film[1].luma.clear();
  EXPECT_THROW(FindShots(film), std::invalid_argument);
}

TEST(Shots, NothingOneFrameAndBlackAreNoTrouble) {
  EXPECT_TRUE(FindShots({}).shots.empty());
  EXPECT_EQ(FindShots(Film(Take(1, 0, 0))).shots.size(), 1U);
  auto black = Film(Take(1, 0, 9));
  for (auto& frame : black) std::fill(frame.luma.begin(), frame.luma.end(), 0.0F);
  const auto list = FindShots(black);
  ASSERT_EQ(list.shots.size(), 1U);
  EXPECT_EQ(list.shots[0].first, 101);
  EXPECT_EQ(list.shots[0].last, 110);
}

}  // namespace
}  // namespace interneg::matching
