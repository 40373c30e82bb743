// A job's preparation steps in the terms of the module `preparation`.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PREPARATION_PLAN_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PREPARATION_PLAN_H_

#include <string>
#include <vector>

#include "worker/engine/jobs/preparation_document.h"
#include "worker/engine/preparation/prepare.h"

namespace interneg::jobs {

// What is unset takes the step's default. Throws JobError that names the step by its place in `field` and what is
// allowed.
preparation::Preparation PlanPreparation(const std::vector<document::PreparationStep>& steps, preparation::Role role,
                                         const std::string& field);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PREPARATION_PLAN_H_
