#include "client/cli/frame_pattern.h"

#include <gtest/gtest.h>

namespace interneg::cli {
namespace {

std::string Frame7(const char* pattern) {
  return ParseFramePattern("--source", pattern).value().PathFor(7);
}

TEST(FramePattern, ReadsEveryPadding) {
  EXPECT_EQ(Frame7("a/f.%04d.exr"), "a/f.0007.exr");
  EXPECT_EQ(Frame7("a/f.####.exr"), "a/f.0000000000000007.exr");
  EXPECT_EQ(Frame7("a/f.#.exr"), "a/f.0007.exr");
  EXPECT_EQ(Frame7("a/f.@@.exr"), "a/f.07.exr");
  EXPECT_EQ(Frame7("a/f.$F4.exr"), "a/f.0007.exr");
  EXPECT_EQ(Frame7("f.%d.exr"), "f.7.exr");
  EXPECT_EQ(Frame7("still.png"), "still.png");
}

TEST(FramePattern, KeepsTheSignBeforeTheZeros) {
  EXPECT_EQ(ParseFramePattern("--source", "f.%04d.exr").value().PathFor(-12), "f.-0012.exr");
}

TEST(FramePattern, RefusesTheRestNamingTheOption) {
  for (const char* text : {"folder/", "a.%04d.b.%04d.exr", "sh.####/f.%04d.exr", "f.%4x.exr"}) {
    const auto parsed = ParseFramePattern("--source", text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().message().rfind("--source: ", 0), 0U) << text;
  }
}

}  // namespace
}  // namespace interneg::cli
