// The part of a probe that looks at media and says what they are, how two of them fit, and what they are worth.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MEDIA_INSPECTION_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MEDIA_INSPECTION_H_

#include <filesystem>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

// Makes the `media_report`, and then fails when there is a reason not to use the media as they are: missing, unreadable
// or unlike frames, or a difference between the two that no later stage puts right. What cannot be opened at all
// (no frame, an unknown colour space) makes no report. Throws as RunProbe.
EngineResult RunInspection(const JobContext& context, const ProbeJob& job, const std::filesystem::path& scratch_folder);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MEDIA_INSPECTION_H_
