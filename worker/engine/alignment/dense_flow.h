// A dense refinement on top of a transform, for what no plane geometry covers: warped film, a lens's distortion.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_DENSE_FLOW_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_DENSE_FLOW_H_

#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

struct DenseOptions {
  // No shift beyond this, in source pixels: what moves further is another moment, not a warp. Above 0, at most 32.
  double greatest_px = 2.0;

  // Where the way there and back differ by more than this the shift is not believed but filled from around.
  double consistency_px = 0.5;

  // The field is smoothed by a Gaussian of this deviation, weighted by what is believed. Source pixels, above 0.
  double smoothness_px = 12.0;
};

struct DenseRefinement {
  DisplacementField field;      // for ResampleWithField, with the same transform
  double believed_share = 0.0;  // of the covered picture: structure, consistent, within the limit
  double rms_px = 0.0;          // of the field over the covered picture
};

// DIS optical flow (Kroeger et al., ECCV 2016, OpenCV's) between the locally normalised source and aligned reference,
// both ways. Where nothing is believed the field tends to 0. Deterministic. Throws std::invalid_argument for options
// out of range and pictures as Solve does.
DenseRefinement Refine(const image::Image& source, const image::Image& reference, const Transform& transform,
                       const DenseOptions& options);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_DENSE_FLOW_H_
