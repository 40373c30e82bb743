#include "worker/engine/matching/map_edits.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/matching/gaps.h"

namespace interneg::matching {
namespace {

[[noreturn]] void Refuse(const std::string& what) { throw std::invalid_argument("map edit: " + what); }
std::string Text(std::int64_t number) { return std::to_string(number); }

std::string Said(const std::optional<std::int64_t>& reference) { return reference ? "reference frame " + Text(*reference) : "no reference frame"; }

// What all edits together say about one source frame.
struct Wish {
  bool pinned = false;
  std::optional<std::int64_t> reference;  // when pinned
  std::int64_t shift = 0;
  bool shifted = false;
  bool backwards_allowed = false;
};

class Application {
 public:
  Application(FrameMap map, std::span<const MapEdit> edits) : map_(std::move(map)), edits_(edits) {}

  FrameMap Run() {
    for (const MapEdit& edit : edits_) Collect(edit);
    for (auto& [index, wish] : wishes_) Fulfil(map_.frames[index], wish);
    RequireForward();
    map_.gaps = GapsOf(map_);
    DropSettledDoubts();
    return std::move(map_);
  }

 private:
  std::vector<std::size_t> IndicesOf(const MapEdit& edit) const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < map_.frames.size(); ++i) {
      if (map_.frames[i].source >= edit.source_first && map_.frames[i].source <= edit.source_last) out.push_back(i);
    }
    if (out.empty()) {
      Refuse(std::string(NameOf(edit.kind)) + " names source frames " + Text(edit.source_first) + " to " + Text(edit.source_last) +
             ", none of which the map has; " + Extent());
    }
    return out;
  }

  std::string Extent() const {
    if (map_.frames.empty()) return "the map is empty";
    return "it goes from " + Text(map_.frames.front().source) + " to " + Text(map_.frames.back().source);
  }

  void Collect(const MapEdit& edit) {
    if (edit.kind == EditKind::kSet && edit.source_first != edit.source_last) {
      Refuse("set names source frames " + Text(edit.source_first) + " to " + Text(edit.source_last) + "; set one frame at a time, or shift the span");
    }
    for (const std::size_t index : IndicesOf(edit)) {
      Wish& wish = wishes_[index];
      const std::int64_t source = map_.frames[index].source;
      wish.backwards_allowed |= edit.direction == TimeDirection::kBackwardsAllowed;
      switch (edit.kind) {
        case EditKind::kSet: Pin(wish, source, edit.reference); break;
        case EditKind::kUnset: Pin(wish, source, std::nullopt); break;
        case EditKind::kShift: Shift(wish, source, edit.shift); break;
      }
    }
  }

  static void Pin(Wish& wish, std::int64_t source, std::optional<std::int64_t> reference) {
    if (wish.shifted) Refuse("source frame " + Text(source) + " is shifted and also given " + Said(reference) + "; take one of the two edits back");
    if (wish.pinned && wish.reference != reference) {
      Refuse("source frame " + Text(source) + " is given " + Said(wish.reference) + " and " + Said(reference) + "; take one of the two edits back");
    }
    wish.pinned = true;
    wish.reference = reference;
  }

  static void Shift(Wish& wish, std::int64_t source, std::int64_t by) {
    if (wish.pinned) Refuse("source frame " + Text(source) + " is shifted and also given " + Said(wish.reference) + "; take one of the two edits back");
    wish.shifted = true;
    wish.shift += by;
  }

  void Fulfil(FrameMatch& frame, const Wish& wish) const {
    if (!wish.pinned && !wish.shifted) return;
    std::optional<std::int64_t> reference = wish.reference;
    if (wish.shifted) {
      if (!frame.reference) Refuse("source frame " + Text(frame.source) + " has no reference frame to shift; set it instead");
      reference = *frame.reference + wish.shift;
    }
    if (reference && !std::binary_search(map_.reference_frames.begin(), map_.reference_frames.end(), *reference)) {
      Refuse("source frame " + Text(frame.source) + " is given reference frame " + Text(*reference) + ", which the reference does not have");
    }
    const bool same = reference == frame.reference;
    FrameMatch out;
    out.source = frame.source;
    out.reference = reference;
    out.state = reference ? FrameState::kMatched : FrameState::kUnmatched;
    out.purity = same && !wish.pinned ? frame.purity : Purity::kWhole;
    out.score = same ? frame.score : 0.0;
    out.margin = same ? frame.margin : 0.0;
    out.probability = 1.0;
    out.held_first = out.held_last = reference.value_or(0);
    out.by_hand = true;
    frame = out;
  }

  static int ShotOf(const ShotList& list, std::int64_t frame) {
    for (std::size_t k = 0; k < list.shots.size(); ++k) {
      if (frame >= list.shots[k].first && frame <= list.shots[k].last) return static_cast<int>(k);
    }
    return -1;
  }

  void RequireForward() const {
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < map_.frames.size(); ++i) {
      if (!map_.frames[i].reference) continue;
      if (last) RequireForward(*last, i);
      last = i;
    }
  }

  void RequireForward(std::size_t before, std::size_t after) const {
    const FrameMatch &a = map_.frames[before], &b = map_.frames[after];
    if (*b.reference >= *a.reference || (!a.by_hand && !b.by_hand) || Allowed(before) || Allowed(after)) return;
    if (ShotOf(map_.source_shots, a.source) != ShotOf(map_.source_shots, b.source)) return;
    if (ShotOf(map_.reference_shots, *a.reference) != ShotOf(map_.reference_shots, *b.reference)) return;
    Refuse("time would run backwards: source frames " + Text(a.source) + " and " + Text(b.source) + " would show reference frames " +
           Text(*a.reference) + " and " + Text(*b.reference) + " of one shot; correct one of them, or allow it in the edit");
  }

  bool Allowed(std::size_t index) const {
    const auto at = wishes_.find(index);
    return at != wishes_.end() && at->second.backwards_allowed;
  }

  // Spans of doubt without the frames that a person has decided.
  void DropSettledDoubts() {
    std::vector<UncertainSpan> kept;
    for (const UncertainSpan& span : map_.uncertain) {
      bool open = false;
      for (const FrameMatch& frame : map_.frames) {
        if (frame.source < span.first || frame.source > span.last) continue;
        const bool in_doubt = frame.state == FrameState::kUncertain;
        if (in_doubt && !open) kept.push_back({frame.source, frame.source, span.reason});
        if (in_doubt) kept.back().last = frame.source;
        open = in_doubt;
      }
    }
    map_.uncertain = std::move(kept);
  }

  FrameMap map_;
  std::span<const MapEdit> edits_;
  std::map<std::size_t, Wish> wishes_;
};

}  // namespace

const char* NameOf(EditKind kind) {
  switch (kind) {
    case EditKind::kSet: return "set";
    case EditKind::kUnset: return "unset";
    case EditKind::kShift: return "shift";
  }
  throw std::invalid_argument("NameOf: not a kind of edit");
}

FrameMap Apply(FrameMap map, std::span<const MapEdit> edits) { return Application(std::move(map), edits).Run(); }

}  // namespace interneg::matching
