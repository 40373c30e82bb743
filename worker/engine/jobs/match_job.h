// Finds which frames two elements share, or corrects an earlier finding by hand.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MATCH_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MATCH_JOB_H_

#include <filesystem>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stage_input.h"

namespace interneg::jobs {

// Sends the artifact `frame_map` and the measures matched_share, held_share, uncertain_frames and unmatched_frames.
// Frames that cannot be read are left out of their side and named. With `previous` no frame is read: its map is taken
// and the job's edits are applied after those it has. Throws JobError, frames::FrameError or color::ColorError, among
// others for edits that contradict each other or the map.
EngineResult RunMatch(const JobContext& context, const MatchJob& job, const StageInputs& inputs,
                      const std::filesystem::path& scratch);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MATCH_JOB_H_
