// Changes to a frame map by hand, kept as edits so that a repeated match does not lose them.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_MAP_EDITS_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_MAP_EDITS_H_

#include <cstdint>
#include <span>

#include "worker/engine/matching/frame_map.h"

namespace interneg::matching {

enum class EditKind { kSet, kUnset, kShift };
const char* NameOf(EditKind kind);  // "set", "unset", "shift"

// Whether references may decrease from one source frame of a shot to the next where this edit has a hand in it.
enum class TimeDirection { kForward, kBackwardsAllowed };

// All numbers are frame numbers; spans are inclusive. A span names the map's frames that lie in it; it needs one.
struct MapEdit {
  EditKind kind = EditKind::kSet;
  std::int64_t source_first = 0, source_last = 0;  // kSet: one frame
  std::int64_t reference = 0;                      // kSet: the frame it shows
  std::int64_t shift = 0;                          // kShift: added to every reference of the span
  TimeDirection direction = TimeDirection::kForward;
};

// The map with all edits applied, in any order with the same result. Frames that an edit touched are `by_hand`: matched
// (or unmatched), probability 1, score and margin those of the map where the reference did not change, else 0. A frame
// that is set is kWhole, whatever the map took it for: so a person overrules kMixed with the partner that it has. Gaps
// and uncertain spans follow; spans and shots stay, as the match found them. Shifts of the same frame add up. Throws
// std::invalid_argument that names the frames and what to do, and changes nothing, when
//   a source frame is given two different references (or one and none) by two edits, or is shifted and also set
//   or unset;
//   a source frame is not in the map, or a reference frame not in the reference;
//   a shifted frame has no reference;
//   time would run backwards from one frame to the next of a source shot inside one reference shot, and neither frame's
//   edit allows it.
FrameMap Apply(FrameMap map, std::span<const MapEdit> edits);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_MAP_EDITS_H_
