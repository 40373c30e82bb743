// The one resampling of an aligned Reference into the Source's pixels.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_RESAMPLE_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_RESAMPLE_H_

#include <vector>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

// kLanczos3: sinc(x) sinc(x/3) for |x| < 3 (Duchon, J. Appl. Meteor. 18, 1979). kBicubic: the cubic convolution of Keys
// (IEEE Trans. ASSP 29, 1981) with a = −½. Where the transform makes the reference smaller, the kernel is stretched by
// that factor along each axis of the reference, so that it does not alias.
enum class ResampleFilter { kLanczos3, kBicubic };

// A small shift of every source pixel before the transform: p → T(p + d(p)). Row-major, in source pixels.
struct DisplacementField {
  image::Size size;
  std::vector<float> dx_px;
  std::vector<float> dy_px;
};

struct Resampled {
  image::Image picture;   // the reference's planes and colour space; 0 where the coverage is 0
  image::Image coverage;  // one plane "coverage": the share of the pixel's footprint that lies on the reference, 0..1
};

// `transform`: source pixels → reference pixels; the result has `size`. Weights are normalised (a constant stays) and
// the reference continues at its edges by its last pixels. Lanczos may overshoot [0, 1]; nothing is clamped. The same
// pixels whatever the thread count. Throws std::invalid_argument for an empty reference or a size that is not positive.
Resampled Resample(const image::Image& reference, const Transform& transform, image::Size size, ResampleFilter filter);

// The same with a field of the result's size. Throws std::invalid_argument when the sizes differ.
Resampled ResampleWithField(const image::Image& reference, const Transform& transform, const DisplacementField& field,
                            ResampleFilter filter);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_RESAMPLE_H_
