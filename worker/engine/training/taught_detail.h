// What detail the pairs of a training teach.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_TAUGHT_DETAIL_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_TAUGHT_DETAIL_H_

#include <span>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/dataset/target.h"
#include "worker/engine/model/detail_support.h"

namespace interneg::training {

// Of luma, where the pairs' confidence is a half or more. targets[i] belongs to pairs[i].
model::DetailSupport TaughtDetail(std::span<const dataset::Pair> pairs, std::span<const dataset::Target> targets);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_TAUGHT_DETAIL_H_
