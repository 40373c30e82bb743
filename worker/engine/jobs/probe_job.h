// Checks that media can be used, before anything is trained on them.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PROBE_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PROBE_JOB_H_

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

// Every frame present (missing ones listed as ranges) with one size and the same channels; known colour spaces; the
// frames to decode whole and finite; two media alike. What was found is sent as notices. Throws JobError,
// frames::FrameError, color::ColorError, LeaseLost, Interrupted.
EngineResult RunProbe(const JobContext& context, const ProbeJob& job);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PROBE_JOB_H_
