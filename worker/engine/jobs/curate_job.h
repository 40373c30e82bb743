// Proposes which shared frames to learn from and which to judge by.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_CURATE_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_CURATE_JOB_H_

#include <filesystem>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stage_input.h"

namespace interneg::jobs {

// Sends the artifact `pair_choice`. Every frame of the source's range is looked at, beside its partner where it has
// one. Throws JobError, frames::FrameError or color::ColorError.
EngineResult RunCurate(const JobContext& context, const CurateJob& job, const StageInputs& inputs,
                       const std::filesystem::path& scratch);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_CURATE_JOB_H_
