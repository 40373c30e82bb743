// What a training is told of the places that a pair's reference does not show.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_UNSEEN_PLACES_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_UNSEEN_PLACES_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/softness.h"

namespace interneg::training {

// float32 on the CPU, [k, h, w] and [1, h, w].
struct TaughtPlanes {
  at::Tensor truth;
  at::Tensor weight;
};

// Beyond the reference's coverage, under its lettering and where nothing fits, a pair says nothing, and a network that is
// told nothing does anything. There it is told the first guess, moved by what the first guess misses
// in the neighbourhood: fading changes slowly over a picture. With w the pixel's weight, g the first guess and
//   m = G ∗ (w (truth − g)) / (G ∗ w + ¹⁄₁₀₀),  G a Gaussian of 1/24 of the longer side,
// the truth becomes (w truth + u (g + m)) / (w + u) and the weight w + u, u = (1 − w) / 10: another pair that shows the place
// counts ten times as much. `softness`: how soft the truth is; g + m is made as soft.
TaughtPlanes WithUnseenPlaces(const TaughtPlanes& taught, const at::Tensor& first_guess, const model::Softness& softness);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_UNSEEN_PLACES_TORCH_H_
