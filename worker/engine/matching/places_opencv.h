// Whether a source frame is the same instant as its partner or lies between others; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_PLACES_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_PLACES_OPENCV_H_

#include "worker/engine/matching/pair_costs_opencv.h"
#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {

// Where a source frame x lies on the way from its partner p to a neighbour q of the partner, in coordinates whose noise
// is 1 and less the drift, by the lengths of the scene's WeaveMetric:
//   place = ½ + (|x − p|² − |x − q|²) / (2 Δ²),   Δ² = |p − q|² − (noise of p and q alone),
// the foot of the perpendicular from x onto the line from p to q. Its standard deviation is √(Δ² + K) / Δ² for K
// coordinates; a neighbour at which that is more than kMostDoubt says nothing, and the next one is asked. A frame as
// near to its partner as noise brings it, |x − p|² < K + kLeastExcess √(2K), is at 0 whatever its neighbours say.
// Returned is the place towards the neighbour that x is nearest to; and where the partner has no neighbour on one side
// (the reference ends there), what x lies beyond it, as −place towards the other side. A frame that is far from its
// partner but not on the way to a neighbour (damage, a title, light on one side) has no place there. Where its distance
// is more than noise by kLargeExcess √(2K), that is `astray` = √((|x − p|² − K) / Δ²) of the nearer neighbour, less the
// deviation of a place towards that one.
//
// kMostDoubt: a frame at its partner is told from one half way by three deviations. kLeastExcess: two deviations of χ²
// with K degrees of freedom. kLargeExcess: no noise, by far.
inline constexpr double kMostDoubt = .15, kLeastExcess = 2.0, kLargeExcess = 15.0;
Lean LeanOf(const Scene& scene, int row, int column);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_PLACES_OPENCV_H_
