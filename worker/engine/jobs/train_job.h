// Trains the model of a recovery and says how good it is.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAIN_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAIN_JOB_H_

#include <filesystem>
#include <string>

#include "worker/engine/frames/roots.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stage_input.h"

namespace interneg::jobs {

struct TrainRequest {
  const TrainJob& job;
  std::string job_json;           // the document's very bytes: they go into every checkpoint
  std::filesystem::path scratch;  // checkpoints, the model and pictures
  std::filesystem::path resume;   // the checkpoint to go on from; empty: from the start
  StageInputs inputs = StageInputs({});
  std::filesystem::path initial = {};  // the model that the job begins with, where it names one; not read to resume
};

struct TrainReport {
  EngineResult result;
  std::filesystem::path model = {};  // the file to render with; empty when preempted
  frames::Descriptor lock = {};      // of the scratch folder, which holds the file
};

// Checks everything first (frames, sizes, spaces, pairs, options), reads the pairs, trains, chooses, measures on the
// held-out pairs (on the training pairs where there are none). A `resume` that is a finished model is measured again
// and reported, so that a retry after the last moment ends. Either must come from this very training: the same
// recovery, network, pixels of all pairs and colour settings (std::invalid_argument otherwise). Throws what the modules
// throw (job_error.h), LeaseLost.
TrainReport RunTrain(const JobContext& context, const TrainRequest& request);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAIN_JOB_H_
