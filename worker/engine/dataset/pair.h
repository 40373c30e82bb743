// What a network learns from: aligned frame pairs, the targets built from them, and the choice of held-out frames.
//
// This module owns pairs, targets, the split, and the device-resident store that draws augmented patches. It takes
// images that are already aligned and in the training domain, and knows nothing of files, colour management,
// networks or the training loop.
#ifndef INTERNEG_WORKER_ENGINE_DATASET_PAIR_H_
#define INTERNEG_WORKER_ENGINE_DATASET_PAIR_H_

#include <optional>
#include <span>

#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::dataset {

// One frame of the film with the same frame of the better element. Both images have three planes R,G,B in the same
// training domain, one size, and are registered. `confidence`, when present, has one plane of the same size with
// values in [0, 1] that weight the loss per pixel (1 = trusted).
struct Pair {
  int frame = 0;
  image::Image source;
  image::Image reference;
  std::optional<image::Image> confidence;
};

// Refuses what cannot be learned from. Throws std::invalid_argument that names the frame and the remedy for: fewer
// than two pairs; one frame named twice; images without three planes; source, reference or confidence of different
// sizes; pairs of different sizes; a constant source or reference; NaN or infinite pixels; a reference identical to
// its source.
void CheckTrainingPairs(std::span<const Pair> pairs);

// The same checks for held-out pairs, of which there may be any number; their size must equal `size`.
void CheckHeldOutPairs(std::span<const Pair> pairs, image::Size size);

}  // namespace interneg::dataset

#endif  // INTERNEG_WORKER_ENGINE_DATASET_PAIR_H_
