// How alike two pictures are in structure.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_STRUCTURAL_SIMILARITY_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_STRUCTURAL_SIMILARITY_H_

#include "worker/engine/image/image.h"

namespace interneg::validation {

// MS-SSIM of BT.709 luma (Wang, Simoncelli and Bovik, "Multiscale structural similarity for image quality assessment",
// 2003): Gaussian window of 11 px, σ 1.5, windows inside the picture alone, K1 .01, K2 .03, peak 1, means of 2×2 px
// between scales, exponents .0448, .2856, .3001, .2363, .1333; of a picture with a side below 176 px as many scales as leave
// 11 px, their exponents normalised. 1 for equal pictures. Throws std::invalid_argument for pictures that have not three
// planes and one size, or a side below 11 px.
double LumaMsSsim(const image::Image& result, const image::Image& truth);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_STRUCTURAL_SIMILARITY_H_
