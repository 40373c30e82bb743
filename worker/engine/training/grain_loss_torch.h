// How far the grain of an output is from that of its truth, as a loss can use it.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_GRAIN_LOSS_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_GRAIN_LOSS_TORCH_H_

#include <torch/torch.h>

namespace interneg::training {

// Grain of the truth that the source does not tell of has no best value for a loss of pixels but its mean, so that L1
// and MS-SSIM average it away. Its statistics can be had back: compared is the radial power spectrum, as Durall, Keuper
// and Keuper (2020) regularise networks by, and amplitude by amplitude, as Fuoli, Van Gool and Timofte (2021) do, but
// only where grain shows by itself.
//
// In blocks of 32 px, 16 px apart, mean and slope are taken out of every row and column, and an orthonormal DCT-II
// (which continues a block as its own mirror) gives coefficients at the radial frequency hypot(kx, ky) / 64 cycles a
// pixel. Of each picture the flattest fifth of the blocks counts, four at least: those whose truth has the least power
// below 1/16 cycles a pixel, a mean luma of .03 to .97 and no pixel of a weight below .5. With A_b the root of the mean
// power over these blocks in the band [b, b + 1) / 16 cycles a pixel, b = 1 … 7, and a floor of (.1/255)² in power,
//
//   loss = mean over pictures and bands of Ā_truth · |A_b,output / A_b,truth − 1|,   Ā = mean over bands,
//
// so that each band counts alike, and all together as much as an L1 of the grain's own size.
//
// The figure of a result (validation/grain_spectrum.h) has the same bands and transform, and other blocks: whole frames
// have enough of them side by side, and a gradient under a blur tells which are flat; a patch has few, so that these
// overlap, and their own lowest frequencies tell. What is minimised is near that figure, and not the same.
//
// output, truth: float32 [n, 1, h, w], luma; weight: [n, 1, h, w] or undefined. Returns a scalar ≥ 0; 0 where no block
// is fit, or the picture has none.
at::Tensor GrainDistance(const at::Tensor& output, const at::Tensor& truth, const at::Tensor& weight);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_GRAIN_LOSS_TORCH_H_
