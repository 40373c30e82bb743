// The closed forms that a network has to beat, fitted on the pairs that it would learn from.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_BASELINE_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_BASELINE_JOB_H_

#include <filesystem>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stage_input.h"

namespace interneg::jobs {

// Fits the 3D LUT and the polynomial. Sends the LUT as the artifact `lut` (.cube: training domain in and out), the
// polynomial as a checkpoint that can be rendered with, and the figures of the subjects "lut", "model" (the polynomial)
// and "untouched" on the held-out pairs, on the training pairs where there are none. Throws as RunTrain.
EngineResult RunBaseline(const JobContext& context, const BaselineJob& job, const StageInputs& inputs,
                         const std::filesystem::path& scratch);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_BASELINE_JOB_H_
