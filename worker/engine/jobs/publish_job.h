// The task that publishes a committed render attempt.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PUBLISH_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PUBLISH_JOB_H_

#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

// `job` is the render job; the assignment names the committed attempt's folder and manifest. See publication.h.
EngineResult RunPublish(const JobContext& context, const RenderJob& job, const Assignment& assignment);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PUBLISH_JOB_H_
