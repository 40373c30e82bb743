// A render's words on how its model is applied, in the terms of the modules.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RENDERING_SETTINGS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RENDERING_SETTINGS_H_

#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/model/network_description.h"

namespace interneg::jobs {

// Throws JobError for strengths out of range, for what this network cannot have, and for a map of invented detail in files
// that hold no further channels.
inference::DetailOptions PlanDetail(const RenderJob& job, const model::NetworkDescription& network);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RENDERING_SETTINGS_H_
