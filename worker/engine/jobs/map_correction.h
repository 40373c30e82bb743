// Corrections of a frame map by hand.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MAP_CORRECTION_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MAP_CORRECTION_H_

#include <vector>

#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

enum class Reversal { kRefuse, kAllow };

// Applies the edits in order and adds them to the map's own; what is set by hand is matched, what is unset is unmatched.
// All or nothing: throws JobError, with the map as it was, for an edit that names no single correction, a frame outside
// the source's or the reference's range, a shift of a frame without partner, one frame set to two partners, and an
// order that runs backwards within a source shot (Reversal::kRefuse). Spans and gaps remain those that were found.
void CorrectMap(const std::vector<MapEdit>& edits, Reversal reversal, FrameMap& map);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MAP_CORRECTION_H_
