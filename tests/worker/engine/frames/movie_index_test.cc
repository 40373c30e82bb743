#include "worker/engine/frames/movie_index.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::frames {
namespace {

MoviePacket Packet(std::int64_t pts, std::int64_t dts, bool is_random_access = false) {
  MoviePacket packet;
  packet.position_bytes = 100 * dts + 1000;
  packet.size_bytes = 50;
  packet.checksum = static_cast<std::uint32_t>(7 * dts + 900);
  packet.pts = pts;
  packet.dts = dts;
  packet.is_random_access = is_random_access;
  return packet;
}

// In decoding order: I0 P3 B1 B2, then an open group whose I6 is followed by B4 B5, which are shown before it.
std::vector<MoviePacket> OpenGroups() {
  return {Packet(0, -1, true), Packet(3, 0), Packet(1, 1), Packet(2, 2),
          Packet(6, 3, true),  Packet(4, 4), Packet(5, 5), Packet(7, 6)};
}

TEST(MovieIndex, OrdersFramesByTheTimeTheyAreShownAt) {
  const auto index = MovieIndex::ByTimestamps(OpenGroups());
  ASSERT_TRUE(index.has_value());
  EXPECT_EQ(index->frame_count(), 8);
  const int ordinals[] = {0, 2, 3, 1, 5, 6, 4, 7};
  for (int position = 0; position < 8; ++position) {
    EXPECT_EQ(index->OrdinalOf(position), ordinals[position]);
    EXPECT_EQ(index->PositionOf(ordinals[position]), position);
  }
  EXPECT_FALSE(index->timing().is_variable);
  EXPECT_EQ(index->timing().interval, 1);
}

TEST(MovieIndex, EntersBeforeTheGroupThatLeadingPicturesNeed) {
  const auto index = *MovieIndex::ByTimestamps(OpenGroups());
  EXPECT_EQ(index.EntryFor(3), 0);
  EXPECT_EQ(index.EntryFor(4), 0);  // decoded after I6, shown before it
  EXPECT_EQ(index.EntryFor(6), 4);
  EXPECT_EQ(index.EntryFor(7), 4);
  EXPECT_EQ(index.EntryFor(7, 1), 0);
  EXPECT_EQ(index.EntryFor(7, 9), 0);
}

TEST(MovieIndex, SettlesAFrameWhenAllItMayDependOnHasComeOut) {
  const auto index = *MovieIndex::ByTimestamps(OpenGroups());
  EXPECT_EQ(index.SettledBy(0), 0);
  EXPECT_EQ(index.SettledBy(1), 3);
  EXPECT_EQ(index.SettledBy(4), 6);
  EXPECT_EQ(index.SettledBy(7), 7);
}

TEST(MovieIndex, DoesNotTrustTimesThatCannotGiveTheOrder) {
  auto packets = OpenGroups();
  packets[2].pts = kNoTimestamp;
  EXPECT_FALSE(MovieIndex::ByTimestamps(packets));
  packets = OpenGroups();
  packets[2].pts = 2;
  EXPECT_FALSE(MovieIndex::ByTimestamps(packets)) << "two at one time";
  packets = OpenGroups();
  packets[0].is_random_access = false;
  EXPECT_FALSE(MovieIndex::ByTimestamps(packets));
  packets = OpenGroups();
  packets[2].pts = -5;
  EXPECT_FALSE(MovieIndex::ByTimestamps(packets)) << "leading pictures at the very beginning";
  EXPECT_FALSE(MovieIndex::ByTimestamps({}));
}

TEST(MovieIndex, TakesTheOrderThatADecoderGave) {
  const auto index = MovieIndex::ByDecoding(OpenGroups(), {0, 2, 1});
  EXPECT_EQ(index.frame_count(), 3);
  EXPECT_EQ(index.OrdinalOf(2), 1);
  EXPECT_FALSE(index.PositionOf(7).has_value());
  EXPECT_THROW(MovieIndex::ByDecoding(OpenGroups(), {0, 0}), std::invalid_argument);
  EXPECT_THROW(MovieIndex::ByDecoding(OpenGroups(), {8}), std::invalid_argument);
}

TEST(MovieIndex, LeavesOutWhatAnEditListCuts) {
  auto packets = OpenGroups();
  packets[0].is_shown = packets[2].is_shown = false;
  const auto index = *MovieIndex::ByTimestamps(packets);
  EXPECT_EQ(index.frame_count(), 6);
  EXPECT_EQ(index.OrdinalOf(0), 3);
  EXPECT_EQ(index.EntryFor(0), 0);  // decoding still begins at the hidden picture
}

TEST(MovieIndex, FindsAPacketByPlaceAndContentUnlessTwoAreAlike) {
  auto packets = OpenGroups();
  const auto index = *MovieIndex::ByTimestamps(packets);
  EXPECT_EQ(index.Find(packets[5]), 5);
  auto other = packets[5];
  other.checksum ^= 1;
  EXPECT_FALSE(index.Find(other));
  packets[6].position_bytes = packets[5].position_bytes;
  packets[6].checksum = packets[5].checksum;
  EXPECT_FALSE(MovieIndex::ByTimestamps(packets)->Find(packets[5]));
}

TEST(MovieIndex, SeesAnUnevenRateAndIgnoresRounding) {
  auto packets = OpenGroups();
  for (auto& packet : packets) packet.pts = packet.pts * 1000 / 24;  // milliseconds of 24 frames a second
  EXPECT_FALSE(MovieIndex::ByTimestamps(packets)->timing().is_variable);
  packets.back().pts += 40;
  const auto uneven = MovieIndex::ByTimestamps(packets)->timing();
  EXPECT_TRUE(uneven.is_variable);
  EXPECT_NEAR(uneven.longest, 82, 1);
}

TEST(MovieIndex, OfACutOffMovieDropsFramesWhosePlaceIsUncertain) {
  auto packets = OpenGroups();
  packets.resize(6);  // B5 is lost: I6 may not take its place
  const auto index = *MovieIndex::ByTimestamps(WithoutUncertainTail(packets));
  EXPECT_EQ(index.frame_count(), 5);
  EXPECT_EQ(index.OrdinalOf(4), 5);
}

}  // namespace
}  // namespace interneg::frames
