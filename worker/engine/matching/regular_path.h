// The path that a steady cadence would take; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_REGULAR_PATH_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_REGULAR_PATH_H_

#include <vector>

#include "worker/engine/matching/banded_path.h"

namespace interneg::matching {

// Of all known cadences whose rate is near that of `path`, at every phase within a few frames of it, the one that costs
// least in all; rows alone stay alone. Empty when no rate is near, or fewer than 16 rows are paired.
std::vector<int> RegularPath(const Band& band, const std::vector<int>& path);

// How much better the path's columns are than their neighbours, in nats a row: the mean of the lesser neighbour's cost
// less its own, each limited to 50. Where frames are paired rightly, what tells them apart is not noise.
double Contrast(const Band& band, const std::vector<int>& path);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_REGULAR_PATH_H_
