// The two proofs that the held plane is the source's own, made on every rendered frame.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_HELD_PLANE_PROOF_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_HELD_PLANE_PROOF_H_

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/sample_encoding.h"
#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::validation {

// kLuma: Y (chroma jobs). kChroma: Cb and Cr (spatial jobs). kNothing: nothing is promised, so there is nothing to
// prove; both proofs refuse it by std::invalid_argument.
enum class HeldPlanes { kNothing, kLuma, kChroma };
enum class FileKind { kLossless, kLossy };

// `composed`: ≤ this times max(1, |original|).
inline constexpr double kComposedTolerance = 1e-6;
// What `written` of a lossy file is measured by, half a code value of 8 bits: reported, not judged.
inline constexpr double kLossyTolerance = 0.5 / 255.0;

struct ComposedProof {
  double error = 0;  // greatest |held plane of the composition − original| / max(1, |original|)
  bool proven = false;
};

// Both R',G',B' in the training domain: what was composed, and a second read of the original (not the one that the
// composition was made from). Throws std::invalid_argument for different sizes.
ComposedProof ProveComposed(const image::Image& composed, const image::Image& original, HeldPlanes held,
                            image::YCbCrMatrix matrix);

struct WrittenProof {
  double error = 0;           // greatest |held plane read back − original|, training domain
  double share_of_bound = 0;  // greatest error as a share of its pixel's bound; ≤ 1 is proven (lossless files)
  bool proven = false;
};

// `read_back`: R,G,B of the file in its own space; `original`: the source in the training domain, with its exposure
// scale; `delivery`: the transform that the file was written by.
//
// The bound of a pixel. What was meant lies in a box around what the file holds: ± half of the encoding's step in each
// channel, and what fp32 matrices there and back round off (2⁻²¹ of the largest channel; gamma is so steep at 0 that a
// colour at the gamut's edge shows it). Carried into the training domain:
// - Each of R', G', B' there is one curve of a weighted sum of the file's channels (or of a monotone curve of each), so
//   its extremes over the box lie in corners. A held plane is w·(R', G', B'), and so moves by Σ |wᵢ| max |ΔR'ᵢ| over the
//   eight corners at most. Its own values at the corners do not bound it: the file's channels reach it with both signs
//   through slopes of any size.
// - From a file of linear light the box is symmetric, and the curves are concave where a channel is positive and convex
//   where it is negative. A function g that is concave over a symmetric box has its least value in a corner, and
//   g(x) − g(centre) ≤ g(centre) − g(2·centre − x); so |Δg| is greatest in a corner. Channels that bend the same way
//   (sign of wᵢ times sign of R'ᵢ) are taken together, one that reaches zero in the box alone, and the parts are added.
// - To that is added what fp32 alone may do otherwise: kComposedTolerance of the composition, the conversion's
//   TrainingTransform::ArithmeticNoise, and kLumaTolerance on the ODT route, whose delivery promises no more. The ODT
//   mixes channels between two curves, so that there the first of these statements holds for small boxes only.
//
// A lossy file promises nothing about a value: its error is measured by kLossyTolerance and reported, and it is proven
// whenever the composition that it was written from is. A NaN anywhere is never proven. Throws std::invalid_argument
// for different sizes.
WrittenProof ProveWritten(const image::Image& read_back, const color::TrainingImage& original,
                          const color::TrainingTransform& delivery, frames::SampleEncoding encoding, FileKind kind,
                          HeldPlanes held, image::YCbCrMatrix matrix);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_HELD_PLANE_PROOF_H_
