// How good a model is on known frames, and the pictures that show it.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_SCORING_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_SCORING_TORCH_H_

#include <span>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/image/image.h"
#include "worker/engine/model/model_torch.h"
#include "worker/engine/model/softness.h"

namespace interneg::training {

// A frame whose truth is known; planes float32 on the CPU.
struct KnownFrame {
  int frame = 0;
  at::Tensor ycbcr;          // [1, 3, h, w], the source
  at::Tensor truth;          // [1, k, h, w], the free planes
  at::Tensor start;          // [1, k, h, w], the closed form, or the source's own planes
  at::Tensor guess;          // [1, k, h, w], the first guess, or the source's own planes
  at::Tensor weight;         // [1, 1, h, w] in [0, 1], how far the truth is to be trusted; undefined: everywhere
  model::Softness softness;  // the truth's: what is compared with it is made as soft
  double untouched_db = 0, start_db = 0, guess_db = 0;  // Psnr of the source's own planes, of `start` and of `guess`
};

// Mean PSNR in dB over the frames; a perfect plane counts as 120 dB.
struct Score {
  double untouched_db = 0;
  double start_db = 0;
  double model_db = 0;  // of the chosen shares
  double best_db = 0;   // of the best shares, chosen or not: whether anything is still being learnt
  double full_db = 0;   // of the whole correction; NaN where the output is not finite
  // All of the first guess and the share of the correction that scores best: of 0, ¼, ½, ¾, 1; of 0 and 1 where luma is
  // free. Against soft truths the smallest that comes within half a dB of the best. Or the closed form, neither, where
  // that scores better than what was chosen.
  model::Shares shares;
};

// How good a share of the correction is.
struct ShareScore {
  double share = 0;
  double db = 0;
};
// The best, of equals the largest share; or the smallest share that comes nearer to it than the margin.
ShareScore ChosenOf(std::span<const ShareScore> scores, double margin_db);

// `model`'s own shares are all. Its output is computed in tiles of `tile_px` (0: at once).
Score ScoreModel(const model::Model::Implementation& model, const std::vector<KnownFrame>& frames, int tile_px);

// Against the frame's truth, as soft as that is and where it is to be trusted.
double Psnr(const at::Tensor& output, const KnownFrame& frame);

// Y, Cb, Cr [3, h, w] with its free planes replaced by `free` [k, h, w] → R'G'B' clamped to [0, 1].
image::Image Picture(const at::Tensor& ycbcr, const at::Tensor& free, const model::NetworkDescription& description,
                     const std::string& color_space);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_SCORING_TORCH_H_
