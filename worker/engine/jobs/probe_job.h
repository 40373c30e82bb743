// Checks that media can be used, before anything is trained on them.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PROBE_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PROBE_JOB_H_

#include <filesystem>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stage_input.h"

namespace interneg::jobs {

// Every frame present (missing ones listed as ranges) with one size and the same channels; known colour spaces; the
// frames to decode whole and finite; two media alike. What was found is sent as notices. With an inspection or measures
// also the `media_report` (media_inspection.h), with a comparison the `element_map` alone (element_comparison.h);
// `scratch_folder` and `inputs` are for those. Throws JobError, frames::FrameError, color::ColorError, DocumentError,
// LeaseLost, Interrupted.
EngineResult RunProbe(const JobContext& context, const ProbeJob& job, const StageInputs& inputs,
                      const std::filesystem::path& scratch_folder);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PROBE_JOB_H_
