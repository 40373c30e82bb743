// The files of worker/engine/jobs/recipes, built into the program.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RECIPE_TEXTS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RECIPE_TEXTS_H_

#include <span>

namespace interneg::jobs {

struct RecipeText {
  const char* name;
  const char* json;
};
std::span<const RecipeText> RecipeTexts();

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RECIPE_TEXTS_H_
