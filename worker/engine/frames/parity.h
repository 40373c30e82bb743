// Two media held against each other: what must be put right, what alignment and matching will see to, what is worth
// knowing.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_PARITY_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_PARITY_H_

#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/frames/media_facts.h"

namespace interneg::frames {

enum class Severity {
  kMustBeEqual,    // no later stage puts it right: the text says what to do
  kWillBeAligned,  // matching (time) or alignment (place) takes care of it
  kInformative,
};
std::string_view NameOf(Severity severity);  // "must be equal", "will be aligned", "informative"

struct Difference {
  Severity severity = Severity::kInformative;
  std::string subject;  // "size", "frame rate" …
  std::string a, b;     // what each has
  std::string text;     // one sentence that names both and what follows from it
};

struct ParityReport {
  std::vector<Difference> differences;  // the most severe first, otherwise in a fixed order
  bool HasObstacles() const;            // any that must be equal
};

// Pure. Media that differ in nothing give an empty report.
//   must be equal    colour against a single channel; a field structure that is not the other's (confidence ≥ ½ on
//   both) will be aligned  size, pixel aspect, shape of the picture, range and count of frames, frame rate informative
//   holes, cut-off end, format and codec, sample encoding, bit depth, values below 0 or above 1, data
//                    window, transfer, primaries, a movie's matrix, range and field-order tags, variable rate,
//                    timecode, keycode, reel; and frames whose hashes are the same in both: one element given twice
ParityReport Compare(const MediaFacts& a, const MediaFacts& b);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_PARITY_H_
