// How the reference's picture lies on the source's; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_REGISTRATION_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_REGISTRATION_OPENCV_H_

#include <span>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/matching/frame_map.h"

namespace interneg::matching {

// A frame of each side that are thought to show the same.
struct CellPair {
  cv::Mat1f source, reference;  // cells
};

// One affine transform for all pairs: from `start`, Gauss–Newton on Σ (s − g w(r))², s and w normalised contrast,
// g the gain of each pair, from blurred to sharp (Lucas and Kanade, IJCAI 1981; affine and pyramid form: Bergen et
// al., ECCV 1992, §4.2). Returns `start` when nothing better is found. A step that would scale by more than 40 %, or
// turn or shear by more than .15, is not taken.
CellTransform Register(std::span<const CellPair> pairs, const CellTransform& start);

// Mean normalised correlation of the pairs' normalised contrast under a transform, −1..1, where both exist.
double Correlation(std::span<const CellPair> pairs, const CellTransform& transform);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_REGISTRATION_OPENCV_H_
