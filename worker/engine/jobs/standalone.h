// Work without a server: a render published by itself, and a whole recovery.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_STANDALONE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_STANDALONE_H_

#include <filesystem>
#include <string>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

// Renders into an attempt's folder of its own below the output folder and publishes what was rendered: all frames, or,
// where some could not be rendered, the others (partial). When it fails or is stopped, frames that are whole stay in
// the attempt's folder and a warning says where; without any, nothing stays behind, the output folder included when it
// was not there before. `unique` tells this run's folder from all others; where
// it is taken, the run is refused (JobError). Throws as RunRender and Publish do.
EngineResult RenderInPlace(const JobContext& context, const RenderJob& job, const std::string& frames,
                           const std::filesystem::path& checkpoint, const std::string& unique);

struct RecoveryRequest {
  const JobSpec& train;    // holds a TrainJob
  std::string train_json;  // the bytes that go into the checkpoints
  const RenderJob& render;
  std::filesystem::path scratch;
  std::filesystem::path resume;
  std::string unique;
  std::filesystem::path initial = {};  // the model that the training begins with
};

// Checks both jobs and every frame's header before anything is computed, trains, renders, publishes.
EngineResult RunRecovery(const JobContext& context, const RecoveryRequest& recovery);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_STANDALONE_H_
