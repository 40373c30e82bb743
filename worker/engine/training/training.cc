#include "worker/engine/training/training.h"

#include <cmath>
#include <string>

#include "worker/engine/model/compute.h"
#include "worker/engine/model/model.h"
#include "worker/engine/training/trainer_torch.h"

namespace interneg::training {
namespace {

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("training: " + what);
}

model::FreePlanes FreeOf(dataset::Recovery recovery) {
  switch (recovery) {
    case dataset::Recovery::kChroma:
      return model::FreePlanes::kChroma;
    case dataset::Recovery::kSpatial:
      return model::FreePlanes::kLuma;
    case dataset::Recovery::kCombined:
    case dataset::Recovery::kDirect:
      return model::FreePlanes::kAll;
  }
  Refuse("not a recovery");
}

void CheckShares(const TrainingOptions& o) {
  const auto soft = o.softness.value_or(model::Softness());
  if (!(soft.x_px >= 0 && soft.x_px <= 32 && soft.y_px >= 0 && soft.y_px <= 32)) {
    Refuse("softness must lie in 0 to 32 pixels");
  }
  if (o.tolerance_px < 0 || o.tolerance_px > 1) Refuse("tolerance must be 0 or 1 pixel");
  if (!(o.grain_weight >= 0 && o.grain_weight <= kMostGrainWeight)) Refuse("the grain weight must lie in 0 to 10");
  if (!(o.augmentation.scale >= 0 && o.augmentation.scale <= 0.5)) Refuse("scale augmentation must lie in 0 to 0.5");
  if (!(o.augmentation.exposure >= 0 && o.augmentation.exposure <= 0.5)) {
    Refuse("exposure augmentation must lie in 0 to 0.5");
  }
}

void CheckOptions(const TrainingOptions& o, Beginning beginning) {
  if (o.network.free != FreeOf(o.recovery)) {
    Refuse("a " + std::string(dataset::NameOf(o.recovery)) + " recovery needs a network whose free planes are '" +
           std::string(model::NameOf(FreeOf(o.recovery))) + "'");
  }
  if (o.steps < 0) Refuse("the number of steps is negative");
  const bool learns = model::Learns(o.network.kind);
  if (learns && beginning == Beginning::kFresh && o.steps == 0 && !(o.time_limit.count() > 0)) {
    Refuse("a number of steps or a time limit is needed");
  }
  if (o.patch_px < 32) Refuse("the patch must have at least 32 pixels a side");
  if (o.batch < 1) Refuse("the batch must be at least 1");
  for (const double rate : {o.learning_rate, o.usual_learning_rate}) {
    if (!std::isfinite(rate) || rate < 0) Refuse("the learning rate must be positive");
  }
  if (!(o.gradient_clip > 0)) Refuse("the gradient clip must be positive");
  if (o.checkpoint_interval < 0 || o.validation_interval < 0 || o.contact_sheet_interval < 0) {
    Refuse("an interval is negative");
  }
  if (o.max_skipped_steps < 1) Refuse("at least one skipped step must be allowed before giving up");
  if (!(o.early_end.plateau_gain_db >= 0) || !std::isfinite(o.early_end.plateau_gain_db)) {
    Refuse("the gain that ends a plateau must be a positive number of dB");
  }
  if (o.early_end.plateau_validations < 1) Refuse("a plateau must last at least one validation");
  if (o.group) {
    CheckPlace(*o.group);
    if (!learns) Refuse("a " + std::string(model::NameOf(o.network.kind)) + " is fitted at once; train without a group");
    RequireShares(o.batch, *o.group);
  }
  CheckShares(o);
}

}  // namespace

const char* NameOf(Ending ending) {
  switch (ending) {
    case Ending::kAllSteps:
      return "all-steps";
    case Ending::kPlateau:
      return "plateau";
    case Ending::kDiverged:
      return "diverged";
  }
  Refuse("not an ending");
}

Clock SteadyClock() {
  return [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()); };
}

void RequireTrainable(const TrainingOptions& options, Beginning beginning, const std::string& color_space) {
  CheckOptions(options, beginning);
  if (options.initial_weights && beginning == Beginning::kFresh) ReadInitialWeights(options, color_space);
}

TrainingResult Train(const TrainingOptions& options, const TrainingData& data, const TrainingCallbacks& callbacks,
                     const std::atomic<bool>& stop, const std::optional<std::filesystem::path>& resume_from,
                     const Clock& clock) {
  CheckOptions(options, resume_from ? Beginning::kResumed : Beginning::kFresh);
  if (options.folder.empty()) Refuse("a folder for checkpoints is needed");
  dataset::CheckTrainingPairs(data.pairs);
  dataset::CheckHeldOutPairs(data.held_out, data.pairs.front().source.size());
  std::optional<Inherited> inherited;
  if (options.initial_weights && !resume_from) {
    inherited = ReadInitialWeights(options, data.pairs.front().source.color_space());
  }
  model::PrepareToCompute(options.threads);
  std::filesystem::create_directories(options.folder);
  Trainer trainer(options, data, callbacks, stop, clock);
  if (options.recovery == dataset::Recovery::kChroma && options.augmentation.exposure > 0 && callbacks.notice) {
    callbacks.notice({0, "exposure augmentation is not used for chroma: it would change chroma relations"});
  }
  try {
    return trainer.Run(resume_from, inherited);
  } catch (const model::OutOfMemory&) {
    throw;
  } catch (const std::exception& error) {
    if (model::SaysOutOfMemory(error.what())) throw model::OutOfMemory(error.what());
    throw;
  }
}

}  // namespace interneg::training
