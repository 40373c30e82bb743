// The motion between two pictures, for other modules: motion.h without OpenCV.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_MOTION_BETWEEN_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_MOTION_BETWEEN_H_

#include "worker/engine/image/image.h"
#include "worker/engine/image/motion_field.h"

namespace interneg::preparation {

// Of the first planes of two pictures of one size, about [0, 1]: EstimateMotion (motion.h), the same vector for all
// pixels of a cell. The same whatever the number of threads. Throws std::invalid_argument for different sizes.
image::MotionField MotionBetween(const image::Image& from, const image::Image& to);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_MOTION_BETWEEN_H_
