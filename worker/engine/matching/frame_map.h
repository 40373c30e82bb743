// Which frame of a reference shows the same film frame as each frame of a source.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_FRAME_MAP_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_FRAME_MAP_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "worker/engine/matching/shots.h"
#include "worker/engine/matching/thumbnail.h"

namespace interneg::matching {

// kMatched: this very frame; the only state that a pair may be made from without being asked.
// kHeld: the picture does not move enough to tell the frames `held_first` … `held_last` of the reference apart; the
// whole span is right and `reference` is the likeliest of it. kUncertain: a candidate that a person should see.
enum class FrameState { kUnmatched, kUncertain, kHeld, kMatched };
const char* NameOf(FrameState state);  // "unmatched", "uncertain", "held", "matched"

// kMixed: the source frame lies noticeably between two frames of the reference: one of them holds two film frames (a woven or
// blended video frame). A pair that shares one of these may still be kMatched; half way between, it is kUncertain.
enum class Purity { kWhole, kMixed };

struct FrameMatch {
  std::int64_t source = 0;
  std::optional<std::int64_t> reference;  // none when unmatched
  FrameState state = FrameState::kUnmatched;
  Purity purity = Purity::kWhole;
  double score = 0.0;        // 0..1: normalised correlation of the two registered, locally normalised thumbnails
  double margin = 0.0;       // 0..1: 1 − √(c / c₂), c what the pair costs in nats, c₂ what the cheapest does that looks otherwise
  double probability = 0.0;  // 0..1: of `reference` and the frames that look the same, against all other frames nearby
  std::int64_t held_first = 0, held_last = 0;  // the frames that look the same as `reference`, itself included
  bool by_hand = false;      // set by map_edits
};

// The relation of frame numbers over a span: reference = anchor + floor(rate (source − source_first) + phase), as far
// as the span's frames agree; `rate` = reference frames a source frame = reference_rate / source_rate.
enum class CadenceKind { kOneToOne, kPulled, kPulldown32, kIrregular, kStill };
const char* NameOf(CadenceKind kind);  // "one-to-one", "pulled", "3:2", "irregular", "still"
struct Cadence {
  CadenceKind kind = CadenceKind::kIrregular;
  int reference_rate = 1;
  int source_rate = 1;
  double phase = 0.0;      // 0 ≤ phase < 1 for rate ≤ 1; for rate > 1 in reference frames, 0 ≤ phase < rate
  std::int64_t offset = 0;  // kOneToOne: reference − source
  double agreement = 0.0;  // share of the span's told-apart frames that lie where the model puts them
};

// Where the reference's thumbnail is sampled for a cell of the source's, in cells:
// x_r = m[0] x + m[1] y + m[2], y_r = m[3] x + m[4] y + m[5].
using CellTransform = std::array<double, 6>;

// A run of source frames that follows a run of the reference without a cut on either side.
struct MapSpan {
  std::int64_t source_first = 0, source_last = 0;
  std::int64_t reference_first = 0, reference_last = 0;
  Cadence cadence;
  double score = 0.0;   // mean over its frames
  double motion = 0.0;  // −1..1: correlation of what changes over the span, noise discounted; 0 for a still
  CellTransform geometry{1, 0, 0, 0, 1, 0};
};

enum class Side { kSource, kReference };
struct Gap {
  Side side = Side::kSource;
  std::int64_t first = 0, last = 0;  // frames present on `side` without a partner on the other
};

struct UncertainSpan {
  std::int64_t first = 0, last = 0;  // source frames
  std::string reason;                // one sentence
};

// How the reference had to be turned to look like the source.
enum class Orientation { kUpright, kMirrored, kUpsideDown, kRotated180 };
const char* NameOf(Orientation orientation);

struct FrameMap {
  std::vector<FrameMatch> frames;  // one for each source thumbnail, in order
  std::vector<std::int64_t> reference_frames;  // the numbers of all reference thumbnails, in order
  std::vector<MapSpan> spans;      // by source_first
  std::vector<Gap> gaps;
  std::vector<UncertainSpan> uncertain;
  ShotList source_shots, reference_shots;
  Orientation orientation = Orientation::kUpright;
  std::vector<std::string> notes;  // what a person must know: no overlap, mirrored, blank frames …
  bool empty() const { return spans.empty(); }
};

struct MatchOptions {
  double report_probability = 0.98;  // a frame below it is not kMatched; in (0.5, 1)
  double least_score = 0.35;         // spans that correlate less are no matches; in (0, 1)
  int shortest_span = 3;             // frames; a shorter agreement is reported as uncertain; ≥ 1
  int candidates = 6;                // reference shots examined for one source shot; ≥ 1
};

// Finds the map. Both spans in ascending order of frame numbers, which may begin anywhere and have holes. Shots may be
// reordered, dropped or shortened, frames missing or repeated, and the rates related by any cadence; time runs forward
// within a shot. An empty side, or no overlap, gives a map whose frames are all unmatched, with a note.
// Uses OpenCV's threads (cv::setNumThreads); the same result for the same input, however many these are. Memory: about 15 KB a
// frame of both sides beside the thumbnails.
// Throws std::invalid_argument for options outside their ranges, numbers that do not ascend, or thumbnails without cells.
FrameMap Match(std::span<const Thumbnail> source, std::span<const Thumbnail> reference, const MatchOptions& options = {});

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_FRAME_MAP_H_
