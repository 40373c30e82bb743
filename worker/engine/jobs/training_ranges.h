// Which numbers of a training's document can be meant.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_RANGES_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_RANGES_H_

#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

// Throws JobError that names the first field out of its range or not finite, by its path in the document. Fields that are
// left out are none of its concern: recipes hold what can be meant.
void RequireSaneTraining(const TrainJob& job);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_RANGES_H_
