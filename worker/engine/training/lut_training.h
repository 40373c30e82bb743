// The training of a LUT: one fit.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_LUT_TRAINING_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_LUT_TRAINING_H_

#include <span>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/dataset/target.h"
#include "worker/engine/model/color_cube.h"
#include "worker/engine/model/network_description.h"

namespace interneg::training {

// The LUT of `network` (a lut) from the pairs' sources to their ground truths, one target a pair. Behind a log pre-LUT
// in the display domain; the log domain is one already. Throws std::invalid_argument as model::FitLut.
model::ColorCube TrainedLut(std::span<const dataset::Pair> pairs, std::span<const dataset::Target> targets,
                            const model::NetworkDescription& network);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_LUT_TRAINING_H_
