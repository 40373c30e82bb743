#include "client/cli/frame_pattern.h"

#include <gtest/gtest.h>

#include "tests/cases/frame_names.h"

namespace interneg::cli {
namespace {

TEST(FramePattern, WritesEveryNameAsTheEngineDoes) {
  for (const auto& [pattern, frame, path] : cases::kFrameNames)
    EXPECT_EQ(ParseFramePattern("--source", pattern).value().PathFor(frame), path) << pattern << ' ' << frame;
}

TEST(FramePattern, RefusesTheRestNamingTheOption) {
  for (const char* text : cases::kBadFramePatterns) {
    const auto parsed = ParseFramePattern("--source", text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().message().rfind("--source: ", 0), 0U) << text;
  }
}

TEST(FramePattern, AMovieIsOneFileByItsExtension) {
  for (const char* text : {"tape.mov", "a/tape.MXF", "VTS_01_1.VOB", "x.m2v", "x.webm"})
    EXPECT_TRUE(ParseFramePattern("--source", text)->IsMovie()) << text;
  for (const char* text : {"tape.%04d.mov", "still.png", "mov", "movies.mov/still.exr"})
    EXPECT_FALSE(ParseFramePattern("--source", text)->IsMovie()) << text;
}

}  // namespace
}  // namespace interneg::cli
