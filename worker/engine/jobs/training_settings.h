// A training's words in the terms of the modules, with every default of its recipe filled in.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_SETTINGS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_SETTINGS_H_

#include <string>
#include <vector>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {

// The network of a job: its recipe's (recipe.h) unless it says otherwise.
model::NetworkDescription PlanNetwork(const TrainJob& job, image::YCbCrMatrix matrix);

// Options of a training, without folder, device and documents, which the caller adds; what the job leaves open is its
// recipe's.
training::TrainingOptions PlanTraining(const TrainJob& job, const ColorPlan& color);

// What the job itself asks for and its recovery does not use, a sentence each, by the field's name. What a recipe holds
// for other recoveries is none of it.
std::vector<std::string> UnusedSettings(const TrainJob& job);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_SETTINGS_H_
