#include "worker/engine/matching/contradictions.h"

#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

JudgedPair Pair(std::int64_t source, std::int64_t reference, Movement movement, double nats) {
  return {source, reference, true, true, movement, nats};
}

std::vector<JudgedPair> Straight(int count) {
  std::vector<JudgedPair> out;
  for (int i = 0; i < count; ++i) out.push_back(Pair(i, 100 + i, Movement::kMoved, 10.0));
  return out;
}

TEST(Contradictions, NoneInPairsThatRunOn) {
  for (const auto& against : Contradictions(Straight(20))) EXPECT_EQ(against, "");
}

TEST(Contradictions, OfTwoPicturesOnOneFrameTheCheapestIsRight) {
  auto pairs = Straight(20);
  pairs[8] = Pair(8, 107, Movement::kMoved, 12.0);
  const auto against = Contradictions(pairs);
  EXPECT_EQ(against[7], "");
  EXPECT_NE(against[8].find("source frames 7 and 8 show different pictures"), std::string::npos) << against[8];
}

TEST(Contradictions, NeitherIsBelievedWhereBothCostTheSame) {
  auto pairs = Straight(20);
  pairs[8] = Pair(8, 107, Movement::kMoved, 10.5);
  const auto against = Contradictions(pairs);
  EXPECT_NE(against[7], "");
  EXPECT_NE(against[8], "");
}

TEST(Contradictions, AFrameShownTwiceMayShareAndOneThatCostsMuchMoreMayNot) {
  auto pairs = Straight(20);
  pairs[8] = Pair(8, 107, Movement::kStood, 12.0);
  EXPECT_EQ(Contradictions(pairs)[8], "");
  pairs[8].nats = 30.0;
  EXPECT_NE(Contradictions(pairs)[8], "");
}

TEST(Contradictions, ThreePicturesOnOneFrameWaitForWhatIsMissing) {
  auto pairs = Straight(20);
  pairs[8] = Pair(8, 107, Movement::kMoved, 20.0);
  pairs[9] = Pair(9, 107, Movement::kMoved, 40.0);
  const auto against = Contradictions(pairs);
  for (const int i : {7, 8, 9}) EXPECT_NE(against[static_cast<std::size_t>(i)], "") << i;
}

TEST(Contradictions, ABluntPairOffTheLawOfBothSidesIsAstray) {
  auto pairs = Straight(20);
  pairs[8].reference = 109;
  pairs[8].sharp = false;
  pairs[9].reference = 110;  // the frames after a missing one
  for (std::size_t i = 9; i < pairs.size(); ++i) pairs[i].reference = 102 + static_cast<std::int64_t>(i);
  EXPECT_NE(Contradictions(pairs)[8], "") << "neither the offset before it nor after it";
  pairs[8].reference = 110;
  EXPECT_EQ(Contradictions(pairs)[8], "") << "the offset after it";
}

}  // namespace
}  // namespace interneg::matching
