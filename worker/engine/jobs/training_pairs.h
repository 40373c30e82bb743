// The pairs of a training job, read into the training domain.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_PAIRS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_PAIRS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/pair_plan.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/stage_input.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {

// The name in ReadPairs::inputs, and so in the model, of the alignment's render crop as TextOf writes it.
inline constexpr char kRenderCropInput[] = "render crop";

struct ReadPairs {
  training::TrainingData data;
  // What the training comes from, for TrainingOptions::inputs: hashes of the pairs' pictures as their files hold them,
  // the colour configuration and spaces, the alignment.
  std::map<std::string, std::string> inputs;
  std::optional<Alignment> alignment;
};

// Opens both elements and reads every pair of the job, registered by its alignment or as the files are. Sends progress
// ("reading pairs"). Throws JobError, frames::FrameError for a frame that is truncated or not finite, LeaseLost,
// Interrupted.
ReadPairs ReadPairsOf(const JobContext& context, const TrainJob& job, const StageInputs& inputs,
                      const ColorPlan& color);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_PAIRS_H_
