// Frames without a partner.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_GAPS_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_GAPS_H_

#include <vector>

#include "worker/engine/matching/frame_map.h"

namespace interneg::matching {

// The runs of the map's frames and of its reference frames that have no partner; held spans count as partners.
// The source's gaps first, each side in order.
std::vector<Gap> GapsOf(const FrameMap& map);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_GAPS_H_
