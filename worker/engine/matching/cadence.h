// The law by which the frame numbers of two sides run along each other.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_CADENCE_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_CADENCE_H_

#include <cstdint>
#include <span>

#include "worker/engine/matching/frame_map.h"

namespace interneg::matching {

// One paired frame of a span: reference frames `first` … `last` are equally right. `sharp`: told apart from others.
struct PairedNumber {
  std::int64_t source = 0;
  std::int64_t reference = 0;
  std::int64_t first = 0, last = 0;
  bool sharp = false;
};

// The reference frames that a model gives for a source frame: all of them show it. Empty (last < first) when the
// reference drops this frame.
struct Predicted {
  std::int64_t first = 0, last = -1;
};

// With s counted from `source_first` and r from `reference_first`:
// rate ≤ 1: r = floor(rate s + phase). rate > 1: every r with floor((r + phase) / rate) = s.
Predicted Predict(const Cadence& cadence, std::int64_t source_first, std::int64_t reference_first, std::int64_t source);

// The simplest law that at least 92 % of the sharp frames follow: one to one first, then the rates of silent and sound
// film against each other and against 25 and 30 frames a second; a rate other than 1 must explain more frames than one
// to one does. kStill for fewer than two sharp frames, kIrregular when no law holds. `frames`: ascending by source.
Cadence FitCadence(std::span<const PairedNumber> frames, std::int64_t source_first, std::int64_t reference_first);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_CADENCE_H_
