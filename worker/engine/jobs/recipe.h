// Recipes: named defaults of a training, one readable file each (recipes/NAME.json).
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RECIPE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RECIPE_H_

#include <string>
#include <vector>

#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {

struct NamedRecipe {
  std::string name;
  Recipe recipe;
};

// In the order of recipes/CMakeLists.txt.
std::vector<NamedRecipe> Recipes();

// The job's own recipe. Where it names none, the one of its network: `chroma` for grid, closed form and LUT (and for a
// chroma recovery that names no network), `spatial` for a spatial recovery, `combined` for the others. Throws JobError
// that lists the recipes for a name that none has.
NamedRecipe RecipeOf(const TrainJob& job);

// The job with everything that it leaves open taken from its recipe. What the job says stays; steps and time limit are
// one thing: a job that sets either has no need of the recipe's. Applying it again changes nothing. Throws as RecipeOf.
TrainJob WithRecipe(TrainJob job);

// The same with this recipe, whichever the job names.
TrainJob Filled(TrainJob job, const NamedRecipe& recipe);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RECIPE_H_
