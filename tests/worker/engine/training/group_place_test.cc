#include "worker/engine/training/group_place.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::training {
namespace {

TEST(GroupPlace, SharesOfABatchAreAsEvenAsCanBeAndLeaveNothingOut) {
  for (const int ranks : {1, 2, 3, 5}) {
    for (int batch = ranks; batch < 12; ++batch) {
      int next = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const auto share = ShareOf(batch, rank, ranks);
        EXPECT_EQ(share.first, next);
        EXPECT_GE(share.count, batch / ranks);
        EXPECT_LE(share.count, (batch + ranks - 1) / ranks);
        next += share.count;
      }
      EXPECT_EQ(next, batch);
    }
  }
}

TEST(GroupPlace, AMeetingIsAHostAndAPort) {
  GroupPlace place;
  ParseMeeting("render01:29500", place);
  EXPECT_EQ(place.host, "render01");
  EXPECT_EQ(place.port, 29500);
  ParseMeeting("[fe80::1]:7", place);
  EXPECT_EQ(place.host, "fe80::1");
  EXPECT_EQ(place.port, 7);
  for (const char* text :
       {"", "render01", ":29500", "render01:", "render01:0", "render01:65536", "render01:7x", "fe80::1:7", "[]:7"}) {
    EXPECT_THROW(ParseMeeting(text, place), std::invalid_argument) << text;
  }
}

TEST(GroupPlace, OneThatCannotBeIsRefused) {
  const GroupPlace good{1, 2, "localhost", 29500};
  EXPECT_NO_THROW(CheckPlace(good));
  GroupPlace place = good;
  place.ranks = 1;
  EXPECT_THROW(CheckPlace(place), std::invalid_argument);
  place = good;
  place.rank = 2;
  EXPECT_THROW(CheckPlace(place), std::invalid_argument);
  place = good;
  place.port = 0;
  EXPECT_THROW(CheckPlace(place), std::invalid_argument);
  place = good;
  place.patience = std::chrono::seconds(0);
  EXPECT_THROW(CheckPlace(place), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::training
