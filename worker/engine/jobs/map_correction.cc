#include "worker/engine/jobs/map_correction.h"

#include <algorithm>
#include <map>
#include <string>

#include "worker/engine/frames/frame_range.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

constexpr char kRanges[] = "write ranges as 1001-1049, 1,5,9 or 1-100x5";

std::vector<int> FramesOf(const std::string& text, const std::string& field) {
  try {
    return frames::FrameRange::Parse(text).Sorted();
  } catch (const frames::FrameRangeError& error) {
    throw BadInput(field + ": " + error.what(), kRanges);
  }
}

class Correction {
 public:
  explicit Correction(FrameMap& map) : map_(map) {
    if (map.reference && !map.reference->range.empty()) {
      reference_ = FramesOf(map.reference->range, "the map's reference range");
    }
  }

  void Apply(const MapEdit& edit, const std::string& field) {
    if (edit.set.has_value() + edit.unset.has_value() + edit.shift.has_value() != 1) {
      throw BadInput(field + " names no single correction", "give one of set, unset and shift");
    }
    if (edit.set) Set(edit.set->source_frame, edit.set->reference_frame, field + ".set");
    if (edit.unset) {
      for (const int frame : FramesOf(*edit.unset, field + ".unset")) Unset(frame, field + ".unset");
    }
    if (edit.shift) {
      for (const int frame : FramesOf(edit.shift->source_frames, field + ".shift.sourceFrames")) {
        Shift(frame, edit.shift->by, field + ".shift");
      }
    }
  }

  // Within a source shot the reference's frames do not go back.
  void RequireOrder() const {
    for (std::size_t i = 1; i < map_.frames.size(); ++i) {
      const auto *before = Partnered(i - 1), *after = Partnered(i);
      // The last one with a partner before it, within the shot.
      for (std::size_t k = i; before == nullptr && k-- > 0 && SameShot(k, i);) before = Partnered(k);
      if (before == nullptr || after == nullptr || !SameShot(i - 1, i)) continue;
      if (!before->by_hand && !after->by_hand) continue;
      if (*after->reference >= *before->reference) continue;
      throw BadInput("match.edits: source frame " + std::to_string(after->source) + " would show " +
                         std::to_string(*after->reference) + ", after " + std::to_string(before->source) + " shows " +
                         std::to_string(*before->reference) + ": time would run backwards within a shot",
                     "correct the frames between them as well, or allow the reversal");
    }
  }

 private:
  MappedFrame& Frame(int source, const std::string& field) {
    const auto found = std::lower_bound(map_.frames.begin(), map_.frames.end(), source,
                                        [](const MappedFrame& frame, int number) { return frame.source < number; });
    if (found != map_.frames.end() && found->source == source) return *found;
    throw BadInput(field + ": the map has no source frame " + std::to_string(source),
                   map_.frames.empty() ? "" : "it has " + std::to_string(map_.frames.front().source) + " to " +
                                                  std::to_string(map_.frames.back().source));
  }

  void Set(int source, int reference, const std::string& field) {
    auto& frame = Frame(source, field);
    if (!reference_.empty() && !std::binary_search(reference_.begin(), reference_.end(), reference)) {
      throw BadInput(field + ": the reference has no frame " + std::to_string(reference),
                     "its range is " + map_.reference->range);
    }
    const auto [earlier, is_new] = set_.emplace(source, reference);
    if (!is_new && earlier->second != reference) {
      throw BadInput(field + ": source frame " + std::to_string(source) + " is given " + std::to_string(reference) +
                         " and " + std::to_string(earlier->second),
                     "give it one partner");
    }
    frame.reference = reference;
    frame.held_first = frame.held_last = reference;
    frame.state = MatchState::kMatched;
    frame.mixed = false;
    frame.by_hand = true;
  }

  void Unset(int source, const std::string& field) {
    auto& frame = Frame(source, field);
    frame.reference.reset();
    frame.held_first = frame.held_last = 0;
    frame.state = MatchState::kUnmatched;
    frame.by_hand = true;
  }

  void Shift(int source, int by, const std::string& field) {
    const auto& frame = Frame(source, field);
    if (!frame.reference) {
      throw BadInput(field + ": source frame " + std::to_string(source) + " has no partner to shift",
                     "leave it out, or set its partner");
    }
    set_.erase(source);
    Set(source, *frame.reference + by, field);
  }

  const MappedFrame* Partnered(std::size_t i) const { return map_.frames[i].reference ? &map_.frames[i] : nullptr; }

  bool SameShot(std::size_t a, std::size_t b) const {
    const int first = map_.frames[a].source, second = map_.frames[b].source;
    return std::none_of(map_.source_shots.begin(), map_.source_shots.end(),
                        [&](const MappedShot& shot) { return first < shot.first && shot.first <= second; });
  }

  FrameMap& map_;
  std::vector<int> reference_;  // ascending; empty: unknown
  std::map<int, int> set_;      // by the edits of this correction
};

}  // namespace

void CorrectMap(const std::vector<MapEdit>& edits, Reversal reversal, FrameMap& map) {
  if (edits.empty()) return;
  auto corrected = map;
  Correction correction(corrected);
  for (std::size_t i = 0; i < edits.size(); ++i) {
    correction.Apply(edits[i], "match.edits[" + std::to_string(i) + "]");
  }
  if (reversal == Reversal::kRefuse) correction.RequireOrder();
  corrected.edits.insert(corrected.edits.end(), edits.begin(), edits.end());
  map = std::move(corrected);
}

}  // namespace interneg::jobs
