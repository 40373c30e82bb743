// Registers the reference on the source, pair by pair, and proposes what to train on.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ALIGN_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ALIGN_JOB_H_

#include <filesystem>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stage_input.h"

namespace interneg::jobs {

// Sends the artifact `alignment`, a `difference_sheet` for each pair, and the measures of each pair (estimated_rms_px,
// forward_backward_px, residual). Throws JobError, frames::FrameError or color::ColorError, among others when no pair
// can be aligned; one that cannot is reported and marked unusable.
EngineResult RunAlign(const JobContext& context, const AlignJob& job, const StageInputs& inputs,
                      const std::filesystem::path& scratch);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ALIGN_JOB_H_
