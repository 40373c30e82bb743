// Corrections of a frame map by hand.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MAP_CORRECTION_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MAP_CORRECTION_H_

#include <vector>

#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

enum class Reversal { kRefuse, kAllow };

// Applies the edits (matching/map_edits.h) and adds them to the map's own. All or nothing: throws JobError, with the
// map as it was, for an edit that names no single correction, a range that does not parse, and for edits that
// contradict each other, the map or, with Reversal::kRefuse, the direction of time.
void CorrectMap(const std::vector<MapEdit>& edits, Reversal reversal, FrameMap& map);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MAP_CORRECTION_H_
