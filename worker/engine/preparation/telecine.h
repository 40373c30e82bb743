// Film frames put together from the fields of telecined video.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_TELECINE_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_TELECINE_H_

#include <span>

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

// Which video frames (0-based within one unbroken run, as a shot) a film frame's lines come from.
struct FieldSources {
  int top_frame = 0;     // lines 0, 2, 4 …
  int bottom_frame = 0;  // lines 1, 3, 5 …
  friend bool operator==(const FieldSources&, const FieldSources&) = default;
};

// 3:2 (SMPTE RP 197 names the film frames A, B, C, D): five video frames show AA BB BC CD DD, earlier field first;
// `phase` is the place of the run's first video frame in that row. Film frame 0 is the first whose fields are both
// there. 2:2: phase 0 is plain video; at phase 1 a film frame is the later field of one video frame and the earlier one
// of the next. An edit made after the telecine breaks the row: each shot has its own phase. Throw std::invalid_argument
// for an automatic phase (EstimateTelecine finds it), a negative or too large index.
int FilmFrameCount(const InverseTelecine& step, int video_frames);
FieldSources SourcesOf(const InverseTelecine& step, int film_frame);

// Even lines of `top` and odd lines of `bottom`, bit for bit. Throws std::invalid_argument when sizes or spaces differ.
image::Image WeaveFields(const image::Image& top, const image::Image& bottom);

// Mean over all pixels with both neighbours of max(0, (L(y) − L(y−1)) (L(y) − L(y+1)) − 10^−4) of luma: near nothing
// where lines belong together, larger where every other line is from another time. For comparing frames of one shot.
double CombEnergy(const image::Image& picture);

// The step with the phase whose film frames comb least over the given unbroken video frames (10 or more for 3:2, 4 for
// 2:2). Throws std::invalid_argument when there are too few, or when no phase combs less than half as much as the next
// (a still picture, another cadence, or video): then set the phase by hand.
InverseTelecine EstimateTelecine(std::span<const image::Image> video_frames, Cadence cadence, FieldOrder order);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_TELECINE_H_
