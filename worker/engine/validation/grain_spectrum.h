// Whether a result has its reference's grain.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_GRAIN_SPECTRUM_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_GRAIN_SPECTRUM_H_

#include <array>
#include <cstddef>
#include <optional>

#include "worker/engine/image/image.h"

namespace interneg::validation {

// Bands of the radial spectrum, 1/16 cycles a pixel wide, the first from 1/16, the last to 1/2.
inline constexpr std::size_t kGrainBands = 7;

struct GrainDistance {
  std::array<double, kGrainBands> result_db{};  // of each band: the result's power above the reference's
  double rms_db = 0;                            // over the bands
  double largest_db = 0;                        // without its sign
  int blocks = 0;
};

// The power spectrum of luma in flat places, of all frames together: in the flattest fifth of the reference's 32 px
// blocks (least gradient under a blur of 4 px; neither within 3 % of black nor of white) mean and slope are taken out of
// every row and column of both pictures' blocks, and the orthonormal DCT-II gives the power at hypot(kx, ky) / 64 cycles a
// pixel; the mean over a band's coefficients and over the blocks is its power. A floor of (.1/255)² counts as no grain. The
// radial spectrum as a figure of grain: Stephenson and Saunders, "Simulating film grain using the noise-power
// spectrum" (2007).
class GrainComparison {
 public:
  // R',G',B' of one size in the training domain's display encoding, `result` registered on `reference`. Throws
  // std::invalid_argument for other planes or sizes, NaN or infinite pixels.
  void Add(const image::Image& result, const image::Image& reference);

  // nullopt: no frame had a block that is fit.
  std::optional<GrainDistance> Distance() const;

 private:
  std::array<double, kGrainBands> result_{}, reference_{};  // sums over the blocks
  int blocks_ = 0;
};

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_GRAIN_SPECTRUM_H_
