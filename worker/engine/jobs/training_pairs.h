// The pairs of a training job: which frames, checked, and read into the training domain.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_PAIRS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_PAIRS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/stage_input.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {

// Source frames, ascending and distinct.
struct PairPlan {
  std::vector<int> training;
  std::vector<int> held_out;
  std::vector<int> previews;  // to be tried in this order; more than one only where the job names none
};

// Without an alignment: at least two training frames inside both ranges, none of them twice or withheld as well;
// held-out frames by the job or by dataset::DefaultHeldOut. With one: of its pairs that are not unusable those that the
// job names, as it names them; its own where it names none. The preview frame by the job, or those nearest to the middle
// of the source's range that no pair holds. Throws JobError naming field and frame.
PairPlan PlanPairs(const TrainJob& job, const std::optional<Alignment>& alignment, const Medium& source,
                   const Medium& reference);

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
