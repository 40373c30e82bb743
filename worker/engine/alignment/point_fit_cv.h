// The transform of a kind nearest to pairs of places; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_POINT_FIT_CV_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_POINT_FIT_CV_H_

#include <span>

#include "worker/engine/alignment/transform.h"

namespace interneg::alignment {

// Pixel aspects of both sides, for a similarity in square pixels.
struct Aspects {
  double from = 1.0;
  double to = 1.0;
};

// Least squares of the distance in the target (for a homography of the algebraic distance, normalised; Hartley &
// Zisserman 2004, §4.4.4). kTranslation keeps `scale_of`'s linear part. At least four pairs, spanning an area.
Transform FitPoints(std::span<const Point> from, std::span<const Point> to, TransformKind kind, const Aspects& aspects,
                    const Transform& scale_of);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_POINT_FIT_CV_H_
