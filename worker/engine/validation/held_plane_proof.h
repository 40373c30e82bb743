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
// scale; `delivery`: the transform that the file was written by. What the encoding may have moved a value by is ± half
// of its step in each channel; the bound of a pixel is the greatest change of a held plane over the eight corners of
// that box, carried through the conversion (for a conversion that is monotone in each channel the extremes of a box
// lie in its corners), plus what fp32 alone may add: kComposedTolerance of the composition, the conversion's
// TrainingTransform::ArithmeticNoise, and kLumaTolerance on the ODT route, whose delivery promises no more. A lossy
// file promises nothing about a value: its error is measured by kLossyTolerance and reported, and it is proven whenever
// the composition that it was written from is. A NaN anywhere is never proven. Throws std::invalid_argument for
// different sizes.
WrittenProof ProveWritten(const image::Image& read_back, const color::TrainingImage& original,
                          const color::TrainingTransform& delivery, frames::SampleEncoding encoding, FileKind kind,
                          HeldPlanes held, image::YCbCrMatrix matrix);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_HELD_PLANE_PROOF_H_
