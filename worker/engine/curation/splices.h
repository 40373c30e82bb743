// Splices: the joint of two pieces of film as it shows in the picture.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_SPLICES_H_
#define INTERNEG_WORKER_ENGINE_CURATION_SPLICES_H_

#include <cstddef>
#include <span>

#include "worker/engine/curation/frame_features.h"

namespace interneg::curation {

// How far `b` lies below `a`, as a share of the picture's height within ±.1, by the best match of the rows' means (the
// least mean squared difference, means removed); `gain` is how much of the unshifted difference the shift explains.
struct VerticalShift {
  double share = 0;
  double gain = 0;  // 0..1
};
VerticalShift ShiftBetween(const RowProfile& a, const RowProfile& b);

// Whether frame `at` of one shot (consecutive frames) shows a splice:
//   a jump: it lies more than 1.5 % of the height off the frame before and off the next frame that is in place again
//           (the second or third after it at most), which lies within .5 % of the frame before; a shift has to explain
//           half of the difference; or
//   a line: in some row the 10th percentile of luma lies .12 above those 4 rows away on either side and that row in the
//           frames before and after, or the 90th percentile likewise below: a line that crosses the whole picture and
//           is gone (an outstretched arm does not).
// A frame without neighbours shows none.
bool ShowsSplice(std::span<const FrameFeatures* const> shot, std::size_t at);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_SPLICES_H_
