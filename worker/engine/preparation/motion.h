// Where the picture was, or will be, in a neighbouring frame; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_MOTION_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_MOTION_H_

#include <opencv2/core.hpp>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {

// One vector for each cell of kCell × kCell pixels, in quarter pixels: what `from` shows at p, `to` shows at p + v / 4.
struct Motion {
  static constexpr int kCell = 8;
  cv::Mat2s vectors;  // cells down × across, (x, y)
};

// Hierarchical block matching: supports of 16 × 16 around each cell, sums of absolute differences limited to a seventh
// of full scale (so that specks and scratches do not steer), each level starting from its parents', at the end to a
// quarter pixel. Integer sums in cells that do not depend on each other: the same whatever the number of threads.
// DIS flow (cv::DISOpticalFlow) is not used because its result depends on the number of threads.
// Pixels of `from` that are not 0 in `ignored` do not count; a cell without others moves as those around it.
Motion EstimateMotion(const cv::Mat1f& from, const cv::Mat1f& to, const cv::Mat1b& ignored = {});

// `to` moved onto `from`: cubic interpolation, borders repeated.
Planes Compensated(const Planes& to, const Motion& motion);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_MOTION_H_
