#include "worker/engine/matching/map_edits.h"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

using ::testing::HasSubstr;

// Source 101…110 in shots 101–105, 106–110; reference 1…20 in one shot; source s shows s − 100, but 104 is unmatched
// and 108 uncertain.
FrameMap Map() {
  FrameMap map;
  for (std::int64_t s = 101; s <= 110; ++s) {
    FrameMatch frame;
    frame.source = s;
    if (s != 104) {
      frame.reference = frame.held_first = frame.held_last = s - 100;
      frame.state = s == 108 ? FrameState::kUncertain : FrameState::kMatched;
      frame.score = .9;
    }
    map.frames.push_back(frame);
  }
  for (std::int64_t r = 1; r <= 20; ++r) map.reference_frames.push_back(r);
  map.source_shots.shots = {{101, 105}, {106, 110}};
  map.reference_shots.shots = {{1, 20}};
  map.uncertain = {{108, 108, "doubt"}};
  return map;
}

MapEdit Set(std::int64_t source, std::int64_t reference) {
  MapEdit edit;
  edit.kind = EditKind::kSet;
  edit.source_first = edit.source_last = source;
  edit.reference = reference;
  return edit;
}

MapEdit Span(EditKind kind, std::int64_t first, std::int64_t last, std::int64_t shift = 0) {
  MapEdit edit;
  edit.kind = kind;
  edit.source_first = first;
  edit.source_last = last;
  edit.shift = shift;
  return edit;
}

std::string Refusal(const std::vector<MapEdit>& edits) {
  try {
    Apply(Map(), edits);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

const FrameMatch& At(const FrameMap& map, std::int64_t source) { return map.frames[static_cast<std::size_t>(source - 101)]; }

TEST(MapEdits, SetUnsetAndShiftChangeTheirFramesAndNoOthers) {
  const auto map = Apply(Map(), std::vector<MapEdit>{Set(104, 4), Span(EditKind::kUnset, 101, 101), Span(EditKind::kShift, 106, 110, 2)});
  EXPECT_EQ(At(map, 104).reference, 4);
  EXPECT_EQ(At(map, 104).state, FrameState::kMatched);
  EXPECT_TRUE(At(map, 104).by_hand);
  EXPECT_EQ(At(map, 101).reference, std::nullopt);
  EXPECT_EQ(At(map, 101).state, FrameState::kUnmatched);
  EXPECT_EQ(At(map, 108).reference, 10);
  EXPECT_EQ(At(map, 103).reference, 3);
  EXPECT_FALSE(At(map, 103).by_hand);
  EXPECT_EQ(At(map, 103).score, .9);
}

TEST(MapEdits, GapsAndDoubtsFollow) {
  const auto map = Apply(Map(), std::vector<MapEdit>{Set(104, 4), Span(EditKind::kUnset, 101, 101), Set(108, 8)});
  EXPECT_TRUE(map.uncertain.empty());
  ASSERT_EQ(map.gaps.size(), 3U);
  EXPECT_EQ(map.gaps[0].side, Side::kSource);
  EXPECT_EQ(map.gaps[0].first, 101);
  EXPECT_EQ(map.gaps[0].last, 101);
  EXPECT_EQ(map.gaps[1].side, Side::kReference);
  EXPECT_EQ(map.gaps[1].first, 1);
  EXPECT_EQ(map.gaps[2].first, 11);
  EXPECT_EQ(map.gaps[2].last, 20);
}

TEST(MapEdits, APersonOverrulesThatAFrameIsMixedWithThePartnerThatItHas) {
  FrameMap mixed = Map();
  for (auto& frame : mixed.frames) frame.purity = Purity::kMixed;
  const auto map = Apply(mixed, std::vector<MapEdit>{Set(102, 2), Span(EditKind::kShift, 106, 106, 0)});
  EXPECT_EQ(At(map, 102).purity, Purity::kWhole);
  EXPECT_EQ(At(map, 102).score, .9) << "the partner did not change";
  EXPECT_EQ(At(map, 103).purity, Purity::kMixed);
  EXPECT_EQ(At(map, 106).purity, Purity::kMixed) << "a shift by nothing says nothing of the pair";
}

TEST(MapEdits, TheOrderOfEditsDoesNotMatter) {
  std::vector<MapEdit> edits{Set(104, 4), Span(EditKind::kShift, 106, 110, 2), Span(EditKind::kShift, 108, 110, 3)};
  const auto one = Apply(Map(), edits);
  std::reverse(edits.begin(), edits.end());
  const auto other = Apply(Map(), edits);
  EXPECT_EQ(At(one, 109).reference, 14);
  for (std::int64_t s = 101; s <= 110; ++s) EXPECT_EQ(At(one, s).reference, At(other, s).reference) << s;
}

TEST(MapEdits, TwoReferencesForOneFrameAreRefusedByName) {
  EXPECT_THAT(Refusal({Set(104, 4), Set(104, 5)}), HasSubstr("source frame 104 is given reference frame 4 and reference frame 5"));
  EXPECT_THAT(Refusal({Set(104, 4), Span(EditKind::kUnset, 103, 105)}), HasSubstr("source frame 104"));
  EXPECT_THAT(Refusal({Span(EditKind::kShift, 101, 103, 1), Set(102, 3)}), HasSubstr("source frame 102 is shifted and also"));
  EXPECT_EQ(Refusal({Set(104, 4), Set(104, 4)}), "");
}

TEST(MapEdits, FramesThatDoNotExistAreRefusedByName) {
  EXPECT_THAT(Refusal({Set(300, 4)}), HasSubstr("300"));
  EXPECT_THAT(Refusal({Set(104, 21)}), HasSubstr("reference frame 21, which the reference does not have"));
  EXPECT_THAT(Refusal({Span(EditKind::kShift, 106, 110, 11)}), HasSubstr("reference frame 21"));
  EXPECT_THAT(Refusal({Span(EditKind::kShift, 104, 104, 1)}), HasSubstr("no reference frame to shift"));
  MapEdit wide = Set(101, 1);
  wide.source_last = 103;
  EXPECT_THAT(Refusal({wide}), HasSubstr("set one frame at a time"));
}

TEST(MapEdits, TimeRunsForwardWithinAShotUnlessAllowed) {
  EXPECT_THAT(Refusal({Set(103, 1)}), HasSubstr("time would run backwards: source frames 102 and 103"));
  EXPECT_EQ(Refusal({Set(106, 1)}), "") << "another shot of the source";
  MapEdit allowed = Set(103, 1);
  allowed.direction = TimeDirection::kBackwardsAllowed;
  EXPECT_EQ(Refusal({allowed}), "");
}

}  // namespace
}  // namespace interneg::matching
