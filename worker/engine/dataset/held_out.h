// Which frames are withheld for choosing between checkpoints when the operator names none.
#ifndef INTERNEG_WORKER_ENGINE_DATASET_HELD_OUT_H_
#define INTERNEG_WORKER_ENGINE_DATASET_HELD_OUT_H_

#include <span>
#include <vector>

namespace interneg::dataset {

// Frames midway between neighbouring training pairs: a fifth of the number of pairs rounded to the nearest integer,
// at least one, spread evenly over the gaps that have a free frame between them. `pairs` are the training frames;
// `available` the frames for which source and reference exist (each in any order, repetitions allowed). Returns
// ascending frames, none of them a training frame; empty when no available frame lies between two pairs. Pure.
std::vector<int> DefaultHeldOut(std::span<const int> pairs, std::span<const int> available);

}  // namespace interneg::dataset

#endif  // INTERNEG_WORKER_ENGINE_DATASET_HELD_OUT_H_
