#include "worker/engine/jobs/recipe.h"

#include <utility>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/near_names.h"
#include "worker/engine/jobs/recipe_texts.h"

namespace interneg::jobs {
namespace {

const char* DefaultName(const TrainJob& job) {
  switch (job.network) {
    case NetworkKind::kGrid:
    case NetworkKind::kClosedForm:
    case NetworkKind::kLut:
      return "chroma";
    case NetworkKind::kUnet:
    case NetworkKind::kNafnet:
      break;
    case NetworkKind::kUnspecified:
      if (job.recovery == Recovery::kChroma) return "chroma";
      break;
  }
  return job.recovery == Recovery::kSpatial ? "spatial" : "combined";
}

template <typename Value>
void Fill(Value& value, const Value& from) {
  if (value == Value()) value = from;
}

void Fill(std::optional<Augmentation>& augmentation, const std::optional<Augmentation>& from) {
  if (!from) return;
  if (!augmentation) augmentation = Augmentation{};
  Fill(augmentation->horizontal_flip, from->horizontal_flip);
  Fill(augmentation->scale, from->scale);
  Fill(augmentation->exposure, from->exposure);
}

void Fill(TrainingSettings& settings, const TrainingSettings& from) {
  if (settings.steps == 0 && settings.time_limit_seconds == 0) {
    settings.steps = from.steps;
    settings.time_limit_seconds = from.time_limit_seconds;
  }
  Fill(settings.batch, from.batch);
  Fill(settings.patch_px, from.patch_px);
  Fill(settings.learning_rate, from.learning_rate);
  Fill(settings.checkpoint_interval_steps, from.checkpoint_interval_steps);
  Fill(settings.contact_sheet_interval_steps, from.contact_sheet_interval_steps);
  Fill(settings.precision, from.precision);
  Fill(settings.patch_sampling, from.patch_sampling);
  Fill(settings.multi_resolution, from.multi_resolution);
  Fill(settings.grain_weight, from.grain_weight);
  Fill(settings.augmentation, from.augmentation);
  Fill(settings.luma_match, from.luma_match);
  if (settings.plateau_gain_db == 0 && settings.plateau_validations == 0) {
    settings.plateau_gain_db = from.plateau_gain_db;
    settings.plateau_validations = from.plateau_validations;
  }
}

}  // namespace

std::vector<NamedRecipe> Recipes() {
  std::vector<NamedRecipe> recipes;
  for (const auto& [name, json] : RecipeTexts()) {
    recipes.push_back({name, ParseRecipe(json, "recipe '" + std::string(name) + "'")});
  }
  return recipes;
}

NamedRecipe RecipeOf(const TrainJob& job) {
  const std::string wanted = job.recipe.empty() ? DefaultName(job) : job.recipe;
  std::vector<std::string> known;
  for (auto& recipe : Recipes()) {
    if (recipe.name == wanted) return std::move(recipe);
    known.push_back(recipe.name);
  }
  throw BadInput("train.recipe: there is no recipe '" + wanted + "'", Suggestion(wanted, known));
}

TrainJob WithRecipe(TrainJob job) {
  const auto recipe = RecipeOf(job);
  return Filled(std::move(job), recipe);
}

TrainJob Filled(TrainJob job, const NamedRecipe& named) {
  const auto& [name, recipe] = named;
  Fill(job.network, recipe.network);
  Fill(job.size, recipe.size);
  if (!job.training) job.training = TrainingSettings{};
  Fill(*job.training, recipe.training.value_or(TrainingSettings{}));
  job.recipe = name;
  return job;
}

}  // namespace interneg::jobs
