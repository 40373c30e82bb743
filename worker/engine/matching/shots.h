// Where one shot ends and the next begins, within one sequence.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_SHOTS_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_SHOTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "worker/engine/matching/thumbnail.h"

namespace interneg::matching {

// How a shot begins or ends. kEdge: the sequence itself begins or ends there.
enum class BoundaryKind { kEdge, kCut, kDissolve, kFade };
const char* NameOf(BoundaryKind kind);  // "edge", "cut", "dissolve", "fade"

// Frame numbers, both inclusive. A dissolve or fade is no part of a shot's clean frames: `first` and `last` include
// half of it, and the spans below name it whole.
struct Shot {
  std::int64_t first = 0;
  std::int64_t last = 0;
  BoundaryKind begins = BoundaryKind::kEdge;
  BoundaryKind ends = BoundaryKind::kEdge;
  double confidence = 1.0;  // 0..1, of the less certain of its two boundaries
};

// Frames that belong to no single shot, or are no picture: a dissolve, a fade to or from black, or a flash of one or
// two frames (which is not a cut).
enum class SpanKind { kDissolve, kFade, kFlash };
struct TransitionSpan {
  std::int64_t first = 0;
  std::int64_t last = 0;
  SpanKind kind = SpanKind::kDissolve;
};

struct ShotList {
  std::vector<Shot> shots;              // in order, covering every frame given exactly once
  std::vector<TransitionSpan> spans;    // in order
};

// `thumbnails`: in ascending order of frame numbers; numbers may have holes (a hole is no cut by itself). Frames are
// compared by their locally normalised luma, so that neither fading nor a change of level is a cut; a cut is a step
// that is large in itself and against the steps around it, and that does not return within two frames.
// No thumbnails: no shots. Throws std::invalid_argument when numbers do not ascend or a thumbnail has no cells.
ShotList FindShots(std::span<const Thumbnail> thumbnails);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_SHOTS_H_
