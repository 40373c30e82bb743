// Film frames put together from the fields of telecined video.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_PULLDOWN_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_PULLDOWN_H_

#include <optional>
#include <string_view>
#include <vector>

#include "worker/engine/frames/frame_facts.h"
#include "worker/engine/frames/field_structure.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

enum class Cadence { kThreeTwo, kTwoTwo };
std::string_view NameOf(Cadence cadence);  // "3:2", "2:2"

// 3:2 (SMPTE RP 197 names the film frames A, B, C, D): five video frames show AA BB BC CD DD, earlier field first;
// `phase` is the place in that row of the video frame that counting begins at. 2:2: phase 0 is plain video; at phase 1
// a film frame is the later field of one video frame and the earlier one of the next. The film frame that is whole
// first has the number of that video frame, and the others follow without gaps (docs/decisions/0019). An edit made
// after the telecine breaks the row: each side of it has its own phase.
struct Pulldown {
  Cadence cadence = Cadence::kThreeTwo;
  FieldOrder order = FieldOrder::kTopFirst;
  int phase = 0;        // 0 … 4 (3:2), 0 … 1 (2:2)
  int first_frame = 1;  // the video frame that counting begins at
  friend bool operator==(const Pulldown&, const Pulldown&) = default;
};

// Throws std::invalid_argument for a phase that the cadence has not, or an unknown order.
void RequireSane(const Pulldown& pulldown);

// Film frames per second of video of that rate: four for five, or as many; the nearest rate that two integers hold
// (av_reduce of libavutil: exact where they can). None where it is no rate: both numbers are above 0.
std::optional<Rational> FilmRate(Cadence cadence, const Rational& video);

// The video frames that a film frame's lines come from.
struct FieldSources {
  int top_frame = 0;     // lines 0, 2, 4 …
  int bottom_frame = 0;  // lines 1, 3, 5 …
  friend bool operator==(const FieldSources&, const FieldSources&) = default;
};

// Throws std::invalid_argument as RequireSane, and for a film frame before the first.
FieldSources SourcesOf(const Pulldown& pulldown, int film_frame);

// The film frames, ascending, whose fields are both in the given video frames (ascending). Throws as RequireSane.
std::vector<int> FilmFrames(const Pulldown& pulldown, const std::vector<int>& video_frames);

// Even lines of `top` and odd lines of `bottom`, bit for bit. Throws std::invalid_argument when sizes or spaces differ.
image::Image WeaveFields(const image::Image& top, const image::Image& bottom);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_PULLDOWN_H_
