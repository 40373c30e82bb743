// Renders frames with a trained model and proves of each that the held plane is the source's own.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RENDER_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RENDER_JOB_H_

#include <filesystem>
#include <map>
#include <string>

#include "worker/engine/frames/roots.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/output_folder.h"

namespace interneg::jobs {

struct RenderRequest {
  const RenderJob& job;
  std::string frames;                             // of this task, in range syntax; empty: all of the job's
  std::filesystem::path checkpoint;               // the model, local
  frames::Location attempt_folder;                // files are written here, each whole or not at all; made when missing
  std::map<std::string, std::string> provenance;  // into every header
  AttemptFolderMode folder_mode = AttemptFolderMode::kMayExist;
};

// Checks first: model and its settings, frames, spaces, format, that nothing published is in the way. A frame that
// cannot be read any more is reported by name and the rest is rendered: partial; none at all: failed. The manifest
// lists the files in the order of the frames. Throws what the modules throw (job_error.h), LeaseLost.
EngineResult RunRender(const JobContext& context, const RenderRequest& request);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RENDER_JOB_H_
