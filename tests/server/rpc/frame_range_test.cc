#include "server/rpc/frame_range.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/rpc/held_out.h"

namespace interneg::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(FrameRange, ReadsWhatFileseqWrites) {
  EXPECT_THAT(*ParseFrameRange("f", "1-3"), ElementsAre(1, 2, 3));
  EXPECT_THAT(*ParseFrameRange("f", "3-1"), ElementsAre(1, 2, 3));
  EXPECT_THAT(*ParseFrameRange("f", "5, 1,9"), ElementsAre(1, 5, 9));
  EXPECT_THAT(*ParseFrameRange("f", "1-10x4"), ElementsAre(1, 5, 9));
  EXPECT_THAT(*ParseFrameRange("f", "1-5y2"), ElementsAre(2, 4));
  EXPECT_THAT(*ParseFrameRange("f", "1-4:3"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(*ParseFrameRange("f", "-3--1"), ElementsAre(-3, -2, -1));
  EXPECT_THAT(*ParseFrameRange("f", "1-3,2-4"), ElementsAre(1, 2, 3, 4));
}

TEST(FrameRange, RefusesTheRestByName) {
  for (const char* text : {"", "a", "1-", "1--", "1,,2", "1-5x0", "1-5z2", "1.5", "100000000", "1-3x", "0x10"}) {
    const auto frames = ParseFrameRange("source.range", text);
    ASSERT_TRUE(absl::IsInvalidArgument(frames.status())) << text;
    EXPECT_THAT(std::string(frames.status().message()), HasSubstr("source.range")) << text;
  }
}

TEST(FrameRange, ALargeOneIsRefusedBeforeItIsSpelledOut) {
  EXPECT_TRUE(absl::IsInvalidArgument(ParseFrameRange("f", "-99999999-99999999").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseFrameRange("f", "1-1500000,2000000-3500000,1").status()));
}

TEST(HeldOut, LiesMidwayBetweenPairs) {
  std::vector<int> all;
  for (int frame = 1001; frame <= 1049; ++frame) all.push_back(frame);
  EXPECT_THAT(DefaultHeldOut({1001, 1017, 1033, 1049}, all), ElementsAre(1025));
  EXPECT_THAT(DefaultHeldOut({1001, 1002}, all), IsEmpty());
  EXPECT_THAT(DefaultHeldOut({1001, 1003}, {1001, 1003}), IsEmpty());
}

}  // namespace
}  // namespace interneg::rpc
