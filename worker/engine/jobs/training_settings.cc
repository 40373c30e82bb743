#include "worker/engine/jobs/training_settings.h"

#include <stdexcept>
#include <string>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/recipe.h"
#include "worker/engine/jobs/training_ranges.h"

namespace interneg::jobs {
namespace {

model::NetworkKind KindOf(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::kGrid:
      return model::NetworkKind::kGrid;
    case NetworkKind::kUnet:
      return model::NetworkKind::kUNet;
    case NetworkKind::kClosedForm:
      return model::NetworkKind::kClosedForm;
    case NetworkKind::kNafnet:
      return model::NetworkKind::kNafnet;
    case NetworkKind::kLut:
      return model::NetworkKind::kLut;
    case NetworkKind::kUnspecified:
      break;
  }
  throw std::logic_error("KindOf: a recipe names a network");
}

model::NetworkSize SizeOf(NetworkSize size) {
  switch (size) {
    case NetworkSize::kSmall:
      return model::NetworkSize::kSmall;
    case NetworkSize::kLarge:
      return model::NetworkSize::kLarge;
    default:
      return model::NetworkSize::kMedium;
  }
}

training::EarlyEndRules PlanEarlyEnd(const TrainingSettings& settings) {
  constexpr std::uint32_t kMostValidations = 1000000;
  const std::uint32_t validations = settings.plateau_validations;
  if (validations != 0 && settings.plateau_gain_db == 0) {
    throw BadInput("train.training.plateauValidations says nothing without plateauGainDb",
                   "give both, or leave it out");
  }
  if (validations > kMostValidations) {
    throw BadInput("train.training.plateauValidations: " + std::to_string(validations) + " validations",
                   "give " + std::to_string(kMostValidations) + " at most");
  }
  training::EarlyEndRules rules;
  rules.on_divergence = !settings.ignore_divergence;
  rules.plateau_gain_db = settings.plateau_gain_db;
  if (validations != 0) rules.plateau_validations = static_cast<int>(validations);
  return rules;
}

training::Augmentation PlanAugmentation(const Augmentation& asked) {
  training::Augmentation plan;
  plan.horizontal_flip = asked.horizontal_flip.value_or(plan.horizontal_flip);
  plan.scale = asked.scale.value_or(plan.scale);
  plan.exposure = asked.exposure.value_or(plan.exposure);
  return plan;
}

}  // namespace

model::NetworkDescription PlanNetwork(const TrainJob& job, image::YCbCrMatrix matrix) {
  const auto free = FreePlanesOf(RecoveryOf(job.recovery));
  const auto whole = WithRecipe(job);
  const auto kind = KindOf(whole.network);
  const bool any_recovery = kind == model::NetworkKind::kUNet || kind == model::NetworkKind::kNafnet;
  if (!any_recovery && free != model::FreePlanes::kChroma) {
    throw BadInput("train.network " + std::string(model::NameOf(kind)) + " recovers chroma only",
                   "use NETWORK_KIND_UNET or NETWORK_KIND_NAFNET for this recovery, or a recipe that does");
  }
  auto network = model::DescribeNetwork(kind, SizeOf(whole.size), free, matrix);
  if (job.lut_size == 0) return network;
  if (kind != model::NetworkKind::kLut) {
    throw BadInput("train.lutSize: a " + std::string(model::NameOf(kind)) + " network is no LUT",
                   "leave it out, or use NETWORK_KIND_LUT");
  }
  if (job.lut_size < 17 || job.lut_size > 65) {
    throw BadInput("train.lutSize: " + std::to_string(job.lut_size) + " points along an edge", "give 17 to 65");
  }
  network.nodes = static_cast<int>(job.lut_size);
  return network;
}

training::TrainingOptions PlanTraining(const TrainJob& job, const ColorPlan& color) {
  RequireSaneTraining(job);
  const auto settings = WithRecipe(job).training.value_or(TrainingSettings{});
  training::TrainingOptions options;
  options.recovery = RecoveryOf(job.recovery);
  options.network = PlanNetwork(job, color.matrix);
  options.steps = settings.steps;
  options.time_limit = std::chrono::duration<double>(settings.time_limit_seconds);
  if (settings.batch != 0) options.batch = static_cast<int>(settings.batch);
  if (settings.patch_px != 0) options.patch_px = static_cast<int>(settings.patch_px);
  // A recipe's rate is for fresh weights: only the job's own is meant whatever the training begins with.
  options.learning_rate = job.training ? job.training->learning_rate : 0.0;
  options.usual_learning_rate = settings.learning_rate;
  options.seed = settings.seed;
  options.checkpoint_interval = settings.checkpoint_interval_steps;
  if (settings.contact_sheet_interval_steps != 0)
    options.contact_sheet_interval = settings.contact_sheet_interval_steps;
  options.precision = PrecisionOf(settings.precision);
  options.fixed_size = settings.fixed;
  options.early_end = PlanEarlyEnd(settings);
  if (settings.patch_sampling == PatchSampling::kByDifficulty)
    options.patch_sampling = training::PatchSampling::kByDifficulty;
  if (settings.grain_weight) options.grain_weight = *settings.grain_weight;
  if (settings.multi_resolution.value_or(false)) options.multi_resolution = training::MultiResolution::kHalfFirst;
  if (settings.augmentation) options.augmentation = PlanAugmentation(*settings.augmentation);
  if (!settings.luma_match.value_or(true)) options.luma_match = dataset::LumaMatch::kOff;
  options.dataset_sha256 = job.dataset_sha256;
  return options;
}

std::vector<std::string> UnusedSettings(const TrainJob& job) {
  const auto recovery = RecoveryOf(job.recovery);
  const bool chroma = recovery == dataset::Recovery::kChroma;
  const std::string of = "a " + std::string(dataset::NameOf(recovery)) + " recovery ";
  std::vector<std::string> unused;
  if (job.training && job.training->luma_match && !dataset::MatchesLuma(recovery)) {
    unused.push_back("train.training.lumaMatch is not used: " + of +
                     (chroma ? "holds the source's luma" : "takes the reference's luma as it is"));
  }
  if (job.training && job.training->grain_weight && chroma) {
    unused.push_back("train.training.grainWeight is not used: " + of + "holds the source's grain");
  }
  if (job.tolerance && job.tolerance->chroma_bandwidth > 0 && !chroma) {
    unused.push_back("train.tolerance.chromaBandwidth is not used: " + of + "compares colour as sharp as it is");
  }
  return unused;
}

}  // namespace interneg::jobs
