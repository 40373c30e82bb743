// Whether video was shot or transferred as whole pictures or as fields: told by the pictures, whatever their tags say.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FIELD_STRUCTURE_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FIELD_STRUCTURE_H_

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::frames {

enum class FieldKind {
  kUnknown,      // too little motion, or no pattern fits
  kProgressive,  // both fields of a frame are of one time; aligned 2:2 film in video is this too
  kInterlaced,   // every field is of its own time
  kPulldown32,   // film of 24 in video of 30 frames a second: a film picture lasts two fields, then three
  kPulldown22,   // film of 25 in video of 25 frames, shifted: the fields of a film picture stand in neighbouring frames
};
std::string_view NameOf(FieldKind kind);  // "unknown", "progressive", "interlaced", "3:2 pulldown", "2:2 pulldown"

enum class FieldOrder { kUnknown, kTopFirst, kBottomFirst };
std::string_view NameOf(FieldOrder order);  // "unknown", "top field first", "bottom field first"

struct FieldStructure {
  FieldKind kind = FieldKind::kUnknown;
  FieldOrder order = FieldOrder::kUnknown;  // of all but progressive
  // kPulldown32: the place of the first frame that was added in the cycle AA BB BC CD DD (0 … 4; letters are film
  // pictures, a pair the fields of a frame in their order of time). Frames at 2 and 3 are mixed.
  int phase = 0;
  double confidence = 0;  // 0 … 1: how much worse the next best kind explains what was seen, less after few frames
  int informative_frames = 0;
  std::string evidence;  // one sentence with the figures
};

// Looks at consecutive frames, one after the other; keeps three of them. Not synchronised.
//
// For a frame t with top field T and bottom field B the comb of a weave of two fields is the mean, over the pixels that
// move, of min(|d1|, |d2|) where a bottom line differs from the top lines above and below it by d1 and d2 of one sign
// (else 0), on Rec.709 luma of the display values. It grows with the time between the two fields. Three weaves are
// measured: (T_t, B_t), (T_t, B_t−1) and (T_t, B_t+1). Each kind predicts the times between them in fields, e.g.
// progressive 0, 2, 2; top field first 1, 1, 3; the five phases of 3:2 by their film pictures. A predicted comb is
// 1 − (1 − f)·exp(−time / τ), f and τ fitted per kind from a few values. Triples are normalised to a sum of 1 and
// averaged at each place of a cycle of five frames; the kind with the least mean squared distance wins. Formula and fit
// are our own.
class FieldObserver {
 public:
  // Any picture of three planes (R,G,B, display-encoded) or one. Throws std::invalid_argument when its size differs
  // from the first one's or it has fewer than 16 lines.
  void Add(const image::Image& picture);

  static constexpr int kLeastLines = 16;

  // Of what was added so far; kUnknown before 4 frames.
  FieldStructure Structure() const;

 private:
  struct Combs {
    int frame = 0;                   // counted from 0
    std::array<double, 3> weaves{};  // with its own, the previous and the next frame's bottom field
    double moving_share = 0;
  };
  void Measure();

  std::deque<image::Image> recent_;  // luma of the last three
  std::vector<Combs> combs_;
  int added_ = 0;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FIELD_STRUCTURE_H_
