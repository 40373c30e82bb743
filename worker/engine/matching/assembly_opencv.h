// From the runs of all shot pairs to one frame map; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_ASSEMBLY_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_ASSEMBLY_OPENCV_H_

#include <vector>

#include "worker/engine/matching/frame_map.h"
#include "worker/engine/matching/runs_opencv.h"

namespace interneg::matching {

// Gives every source frame to the run that explains it best, fits the cadence of what follows on, and judges each
// frame. Fills frames, spans, gaps and uncertain; the caller adds shots, orientation and notes.
FrameMap Assemble(const Sides& sides, std::vector<Run> runs, const MatchOptions& options);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_ASSEMBLY_OPENCV_H_
