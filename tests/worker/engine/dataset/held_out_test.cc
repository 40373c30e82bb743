#include "worker/engine/dataset/held_out.h"

#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::dataset {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int> Range(int first, int last) {
  std::vector<int> out(last - first + 1);
  std::iota(out.begin(), out.end(), first);
  return out;
}

TEST(DefaultHeldOut, TakesOneFrameMidwayForFourPairs) {
  EXPECT_THAT(DefaultHeldOut(std::vector{1001, 1017, 1033, 1049}, Range(1001, 1049)), ElementsAre(1025));
}

TEST(DefaultHeldOut, TakesAFifthOfThePairsSpreadOverTheGaps) {
  const std::vector pairs{0, 10, 20, 30, 40, 50, 60, 70, 80, 90};
  EXPECT_THAT(DefaultHeldOut(pairs, Range(0, 90)), ElementsAre(25, 65));
}

TEST(DefaultHeldOut, NeverTakesATrainingFrameAndSkipsGapsWithoutAFreeFrame) {
  EXPECT_THAT(DefaultHeldOut(std::vector{1, 2, 3, 9}, Range(1, 9)), ElementsAre(6));
  EXPECT_THAT(DefaultHeldOut(std::vector{1, 2, 3}, Range(1, 9)), IsEmpty());
}

TEST(DefaultHeldOut, TakesTheAvailableFrameNearestToTheMiddle) {
  EXPECT_THAT(DefaultHeldOut(std::vector{10, 0}, std::vector{1, 7, 9, 0, 10}), ElementsAre(7));
}

TEST(DefaultHeldOut, DoesNotCareForOrderOrRepetition) {
  EXPECT_EQ(DefaultHeldOut(std::vector{1049, 1001, 1033, 1017, 1001}, Range(1001, 1049)),
            DefaultHeldOut(std::vector{1001, 1017, 1033, 1049}, Range(1001, 1049)));
}

TEST(DefaultHeldOut, IsEmptyWithoutPairs) {
  EXPECT_THAT(DefaultHeldOut({}, Range(0, 9)), IsEmpty());
}

}  // namespace
}  // namespace interneg::dataset
