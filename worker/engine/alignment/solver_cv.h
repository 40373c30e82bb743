// The solve of a pair that is known to be one; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_SOLVER_CV_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_SOLVER_CV_H_

#include "worker/engine/alignment/solve.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

// As Solve, for arguments that it has checked and pictures that are not constant.
Solution SolvePair(const image::Image& source, const image::Image& reference, const SolveOptions& options);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_SOLVER_CV_H_
