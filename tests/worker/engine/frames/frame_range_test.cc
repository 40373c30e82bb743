#include "worker/engine/frames/frame_range.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::frames {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<int> Frames(std::string_view text) { return FrameRange::Parse(text).frames(); }

TEST(FrameRange, ReadsEveryFormOfFileseq) {
  EXPECT_THAT(Frames("5"), ElementsAre(5));
  EXPECT_THAT(Frames("1-4"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Frames("4-1"), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(Frames("1,5,9"), ElementsAre(1, 5, 9));
  EXPECT_THAT(Frames("1-10x4"), ElementsAre(1, 5, 9));
  EXPECT_THAT(Frames("1-6y3"), ElementsAre(2, 3, 5, 6));
  EXPECT_THAT(Frames("1-8:3"), ElementsAre(1, 4, 7, 3, 5, 2, 6, 8));
  EXPECT_THAT(Frames("-3--1"), ElementsAre(-3, -2, -1));
  EXPECT_THAT(Frames("-1-1"), ElementsAre(-1, 0, 1));
  EXPECT_THAT(Frames(" 1-3 , 2-4 "), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Frames("10-1x3"), ElementsAre(10, 7, 4, 1));
  EXPECT_THAT(Frames("1-3y1,5"), ElementsAre(5));
}

TEST(FrameRange, PrintsTheUsualSpelling) {
  const auto print = [](std::string_view text) { return FrameRange::Parse(text).ToString(); };
  EXPECT_EQ(print("1,2,3"), "1-3");
  EXPECT_EQ(print("9,5,1"), "1-9x4");
  EXPECT_EQ(print("1,5"), "1,5");
  EXPECT_EQ(print("1,2"), "1-2");
  EXPECT_EQ(print("1,10,11,12"), "1,10-12");
  EXPECT_EQ(print("1-100:3"), "1-100");
  EXPECT_EQ(print("-3,-2,-1,7"), "-3--1,7");
  EXPECT_EQ(print("1-3,10-30x10"), "1-3,10-30x10");
}

TEST(FrameRange, ErrorsPointAtTheSpot) {
  const auto position = [](std::string_view text) -> int {
    try {
      FrameRange::Parse(text);
    } catch (const FrameRangeError& error) {
      EXPECT_THAT(error.what(), HasSubstr("^"));
      return static_cast<int>(error.position());
    }
    return -1;
  };
  EXPECT_EQ(position(""), 0);
  EXPECT_EQ(position("1-"), 2);
  EXPECT_EQ(position("1-10x"), 5);
  EXPECT_EQ(position("1-10x0"), 5);
  EXPECT_EQ(position("1,,2"), 2);
  EXPECT_EQ(position("1-5z"), 3);
  EXPECT_EQ(position("a"), 0);
  EXPECT_EQ(position("1-10,99999999999"), 5);
  EXPECT_EQ(position("1-90000000"), 0);
  EXPECT_EQ(position("5y2"), 1);
  EXPECT_EQ(position("1-3y1"), 0);
  EXPECT_EQ(position("1-3,"), 4);
}

TEST(FrameRange, KnowsItsFrames) {
  const auto range = FrameRange::Parse("1049,1001-1003");
  EXPECT_EQ(range.First(), 1001);
  EXPECT_EQ(range.Last(), 1049);
  EXPECT_TRUE(range.Contains(1002));
  EXPECT_FALSE(range.Contains(1004));
  EXPECT_EQ(range, FrameRange::Of({1003, 1002, 1001, 1049, 1001}));
  EXPECT_THROW(FrameRange::Of({}), std::invalid_argument);
  EXPECT_THROW(FrameRange().First(), std::logic_error);
}

// Random texts of the characters that matter: nothing but FrameRangeError may come out, and what parses must survive
// being printed and parsed again.
TEST(FrameRange, WhateverParsesPrintsToTheSameFrames) {
  constexpr unsigned kSeed = 77;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937 random(kSeed);
  constexpr std::string_view kCharacters = "0123456789-,xy: -";
  int parsed = 0;
  for (int i = 0; i < 40000; ++i) {
    std::string text;
    for (unsigned n = random() % 9 + 1; n > 0; --n) text += kCharacters[random() % kCharacters.size()];
    try {
      const auto range = FrameRange::Parse(text);
      if (range.size() > 2000) continue;
      ++parsed;
      ASSERT_EQ(FrameRange::Parse(range.ToString()), range) << text;
    } catch (const FrameRangeError&) {
    }
  }
  EXPECT_GT(parsed, 1000);
}

}  // namespace
}  // namespace interneg::frames
