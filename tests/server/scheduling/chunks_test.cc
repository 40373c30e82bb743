#include "server/scheduling/chunks.h"

#include <numeric>

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

std::vector<int> Frames(int first, int count) {
  std::vector<int> frames(static_cast<std::size_t>(count));
  std::iota(frames.begin(), frames.end(), first);
  return frames;
}

TEST(Chunks, HoldEveryFrameOnceInOrder) {
  for (const int count : {1, 7, 8, 9, 31, 49, 100, 513, 5000}) {
    for (const std::uint32_t most : {0U, 1U, 10U, 64U}) {
      const auto chunks = SplitFrames(Frames(1001, count), most);
      std::vector<int> joined;
      for (const auto& chunk : chunks) joined.insert(joined.end(), chunk.begin(), chunk.end());
      EXPECT_EQ(joined, Frames(1001, count)) << count << " by " << most;
    }
  }
}

TEST(Chunks, AreOfEightToThirtyTwoFramesWhenTheServerChooses) {
  for (int count = 8; count < 2000; count += 13) {
    for (const auto& chunk : SplitFrames(Frames(1, count), 0)) {
      EXPECT_GE(chunk.size(), 8U) << count;
      EXPECT_LE(chunk.size(), 32U) << count;
    }
  }
  EXPECT_EQ(SplitFrames(Frames(1, 5), 0).size(), 1U);
  EXPECT_TRUE(SplitFrames({}, 0).empty());
}

TEST(Frames, AreWrittenAsPeopleWriteThem) {
  EXPECT_EQ(FormatFrames({}), "");
  EXPECT_EQ(FormatFrames({7}), "7");
  EXPECT_EQ(FormatFrames({1001, 1002, 1003}), "1001-1003");
  EXPECT_EQ(FormatFrames({1, 6, 11}), "1-11x5");
  EXPECT_EQ(FormatFrames({1, 9}), "1,9");
  EXPECT_EQ(FormatFrames({-2, -1, 0, 5, 6}), "-2-0,5-6");
}

}  // namespace
}  // namespace interneg::scheduling
