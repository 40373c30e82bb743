// The exact median of a square window; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_MEDIAN_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_MEDIAN_H_

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

// Every channel by itself, in place. The window has 2 (size_px / 2) + 1 pixels a side; borders are repeated, as in
// cv::medianBlur, which has 32-bit float only up to 5×5. Time grows with the window's side, not with its area: values
// are ranked once, and a sliding histogram of ranks follows the median (Huang, Yang and Tang, IEEE Trans. ASSP 27,
// 1979), here with one bit a rank, so that it is exact.
void ApplyMedian(const Median& median, image::Image& picture);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_MEDIAN_H_
