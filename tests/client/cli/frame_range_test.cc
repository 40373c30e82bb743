#include "client/cli/frame_range.h"

#include <gtest/gtest.h>

namespace interneg::cli {
namespace {

std::vector<int> Parsed(const char* text) {
  return ParseFrameRange("--range", text).value();
}

TEST(FrameRange, ReadsFileseqSyntax) {
  EXPECT_EQ(Parsed("5"), (std::vector{5}));
  EXPECT_EQ(Parsed("1-4"), (std::vector{1, 2, 3, 4}));
  EXPECT_EQ(Parsed("4-1"), (std::vector{4, 3, 2, 1}));
  EXPECT_EQ(Parsed("1,5,9"), (std::vector{1, 5, 9}));
  EXPECT_EQ(Parsed("1-10x3"), (std::vector{1, 4, 7, 10}));
  EXPECT_EQ(Parsed("1-6y3"), (std::vector{2, 3, 5, 6}));
  EXPECT_EQ(Parsed("1-5:2"), (std::vector{1, 3, 5, 2, 4}));
  EXPECT_EQ(Parsed("-3--1"), (std::vector{-3, -2, -1}));
  EXPECT_EQ(Parsed("1-3, 2-4"), (std::vector{1, 2, 3, 4}));
}

TEST(FrameRange, RefusesTheRestNamingOptionAndPart) {
  for (const char* text : {"", "a", "1-", "1,,2", "1-10x0", "1-10z2", "1..5", "99999999999", "1-99999999",
                           "-2147483648", "1-3y1"}) {
    const auto parsed = ParseFrameRange("--pairs", text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().message().rfind("--pairs: ", 0), 0U) << text;
  }
}

TEST(FrameRange, IsSpelledShortly) {
  EXPECT_EQ(FrameRangeText({3, 1, 2, 7}), "1-3,7");
  EXPECT_EQ(FrameRangeText({1001, 1002}), "1001,1002");
  EXPECT_EQ(FrameRangeText({-2, -1, 0}), "-2-0");
  EXPECT_EQ(FrameRangeText({}), "");
}

}  // namespace
}  // namespace interneg::cli
