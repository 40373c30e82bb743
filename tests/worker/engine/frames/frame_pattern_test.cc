#include "worker/engine/frames/frame_pattern.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/cases/frame_names.h"

namespace interneg::frames {
namespace {

TEST(FramePattern, WritesTheFrameInEverySpelling) {
  EXPECT_EQ(FramePattern::Parse("a/f.%04d.exr").PathFor(7), "a/f.0007.exr");
  EXPECT_EQ(FramePattern::Parse("f.#.exr").PathFor(7), "f.0007.exr");
  EXPECT_EQ(FramePattern::Parse("f.##.exr").PathFor(7), "f.00000007.exr");
  EXPECT_EQ(FramePattern::Parse("f.@.exr").PathFor(7), "f.7.exr");
  EXPECT_EQ(FramePattern::Parse("f.@@@.exr").PathFor(7), "f.007.exr");
  EXPECT_EQ(FramePattern::Parse("f.$F4.exr").PathFor(12345), "f.12345.exr");
  EXPECT_EQ(FramePattern::Parse("f.$F.exr").PathFor(7), "f.7.exr");
  EXPECT_EQ(FramePattern::Parse("f.%d.exr").PathFor(-7), "f.-7.exr");
  EXPECT_EQ(FramePattern::Parse("f.%04d.exr").PathFor(-7), "f.-007.exr");
  EXPECT_EQ(FramePattern::Parse("/x/still.png").PathFor(9), "/x/still.png");
}

TEST(FramePattern, WritesEveryNameAsTheClientDoes) {
  for (const auto& [pattern, frame, path] : cases::kFrameNames) {
    EXPECT_EQ(FramePattern::Parse(pattern).PathFor(frame), path) << pattern << ' ' << frame;
  }
}

TEST(FramePattern, RecognisesItsOwnNames) {
  const auto pattern = FramePattern::Parse("a/f.%04d.exr");
  EXPECT_EQ(pattern.FrameOf("f.0007.exr"), 7);
  EXPECT_EQ(pattern.FrameOf("f.12345.exr"), 12345);
  EXPECT_EQ(pattern.FrameOf("f.-007.exr"), -7);
  for (const char* name :
       {"f.7.exr", "f.00007.exr", "g.0007.exr", "f.0007.png", "f..exr", "f.00a7.exr", "f.+007.exr"}) {
    EXPECT_FALSE(pattern.FrameOf(name)) << name;
  }
  EXPECT_FALSE(FramePattern::Parse("still.png").FrameOf("still.png"));
}

TEST(FramePattern, RefusesWhatCannotNameAFrame) {
  for (const char* path :
       {"", "a/", "f.%04d.%04d.exr", "f.#.@.exr", "f.%s.exr", "f.%4d.exr", "f.%", "a/..", "f.####.exr"}) {
    EXPECT_THROW(FramePattern::Parse(path), std::invalid_argument) << path;
  }
}

TEST(FramePattern, PrintsItselfAndItsExtension) {
  EXPECT_EQ(FramePattern::Parse("a/f.#.EXR").ToString(), "a/f.%04d.EXR");
  EXPECT_EQ(FramePattern::Parse("a/f.@.EXR").ToString(), "a/f.%d.EXR");
  EXPECT_EQ(FramePattern::Parse("a/f.#.EXR").Extension(), "exr");
  EXPECT_EQ(FramePattern::Parse("still.png").Extension(), "png");
  EXPECT_EQ(FramePattern::Parse("still").Extension(), "");
}

}  // namespace
}  // namespace interneg::frames
