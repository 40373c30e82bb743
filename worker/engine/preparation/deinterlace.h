// A whole frame from one field and what lies around it in time; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_DEINTERLACE_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_DEINTERLACE_H_

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"
#include "worker/engine/preparation/window.h"

namespace interneg::preparation {

// The earlier field of the window's centre keeps its lines. Each other pixel is predicted
//   in space: along the direction of −3..3 pixels a line in which luma over three pixels differs least between the
//   lines
//     above and below (Doyle and Looymans, Signal Processing of HDTV II, 1990); straight up and down with the cubic
//     (−1, 9, 9, −1) / 16;
//   in time: by the mean of the missing line half a frame before and after;
// and the spatial value is limited to the temporal one ± what moved there, as yadif does (M. Niedermayer, FFmpeg
// libavfilter/vf_yadif.c, its filter with the spatial interlacing check): where nothing moves, lines are woven.
// Without a frame before or after, time is judged by the other; kEdgeDirected uses space alone.
image::Image Deinterlaced(const Deinterlace& deinterlace, const Window& window);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_DEINTERLACE_H_
