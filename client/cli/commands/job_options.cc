#include "client/cli/commands/job_options.h"

#include <regex>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/context.h"
#include "client/cli/duration.h"
#include "client/cli/job_words.h"

namespace interneg::commands {

void AddColorOptions(CLI::App& command, ColorOptions& options) {
  const char* group = "Colour";
  command
      .add_option("--working-space", options.working_space, "Checked to exist and recorded; changes no pixel (the settings')")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--domain", options.domain, "Training domain: display or log (the settings', display)")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--matrix", options.matrix, "YCbCr matrix: bt709, bt601 or bt2020")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--ocio-config", options.config, "OCIO configuration, or builtin (the settings', built-in ACES)")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--ocio-sha256", options.config_sha256,
                  "Refuse the configuration when its hash is another (the settings')")
      ->type_name("SHA256")
      ->group(group);
  command.add_flag("--allow-linear-clamp", options.allow_linear_clamp, "Clamp a scene-linear source plainly to 0-1")
      ->group(group);
}

std::vector<std::string> Said(const ColorOptions& options) {
  const std::pair<const char*, bool> all[] = {{"--working-space", !options.working_space.empty()},
                                              {"--domain", !options.domain.empty()},
                                              {"--matrix", !options.matrix.empty()},
                                              {"--ocio-config", !options.config.empty()},
                                              {"--ocio-sha256", !options.config_sha256.empty()},
                                              {"--allow-linear-clamp", options.allow_linear_clamp}};
  std::vector<std::string> said;
  for (const auto& [option, given] : all)
    if (given) said.emplace_back(option);
  return said;
}

namespace {

// `root:path`; empty: the built-in one, or none that was said.
absl::StatusOr<std::string> ConfigOf(const ColorOptions& options, const std::filesystem::path& working_folder) {
  if (options.config.empty() || options.config == cli::kBuiltInConfig) return std::string();
  const auto location = cli::ParseLocation(options.config_name, options.config, working_folder);
  if (!location.ok()) return location.status();
  return location->ToString();
}

}  // namespace

ColorOptions WithSettings(const Context& context, ColorOptions options) {
  const cli::ColorDefaults& settings = context.settings().color;
  std::vector<std::string> taken;
  const auto take = [&](std::string& value, const cli::NamedValue& setting, std::string& name) {
    if (!value.empty() || setting.value.empty()) return;
    value = setting.value;
    name = setting.name;
    taken.push_back(fmt::format("{} ({})", value, name));
  };
  take(options.config, settings.ocio_config, options.config_name);
  const auto config = ConfigOf(options, context.environment().working_folder);
  const std::string& setting = settings.ocio_config.value;
  const bool same = config.ok() && *config == (setting == cli::kBuiltInConfig ? std::string() : setting);
  if (same) take(options.config_sha256, settings.ocio_sha256, options.config_sha256_name);
  take(options.domain, settings.domain, options.domain_name);
  take(options.working_space, settings.working_space, options.working_space_name);
  if (!taken.empty()) context.Note(fmt::format("Colour settings: {}.", fmt::join(taken, ", ")));
  return options;
}

absl::StatusOr<v1::ColorSettings> ToColorSettings(const ColorOptions& options,
                                                  const std::filesystem::path& working_folder) {
  v1::ColorSettings color;
  const auto config = ConfigOf(options, working_folder);
  if (!config.ok()) return config.status();
  color.set_config(*config);
  if (!options.config_sha256.empty() && !std::regex_match(options.config_sha256, std::regex("[0-9a-f]{64}"))) {
    return absl::InvalidArgumentError(
        fmt::format("{}: \"{}\" is no SHA-256; give the 64 lower-case hex digits of colorConfigSha256 "
                    "in `interneg media check -o json`",
                    options.config_sha256_name, options.config_sha256));
  }
  color.set_config_sha256(options.config_sha256);
  const auto domain = cli::ParseWord<v1::TrainingDomain>(options.domain_name, options.domain);
  if (!domain.ok()) return domain.status();
  color.set_domain(*domain);
  const auto matrix = cli::ParseWord<v1::YcbcrMatrix>("--matrix", options.matrix);
  if (!matrix.ok()) return matrix.status();
  color.set_matrix(*matrix);
  color.set_working_space(options.working_space);
  color.set_allow_linear_clamp(options.allow_linear_clamp);
  return color;
}

absl::StatusOr<v1::ColorSettings> ColorOf(const Context& context, const ColorOptions& options) {
  return ToColorSettings(WithSettings(context, options), context.environment().working_folder);
}

namespace {

void AddEarlyEndOptions(CLI::App& command, TrainingOptions& options, const char* group) {
  command
      .add_flag("--ignore-divergence", options.ignore_divergence,
                "Train on however far validations fall below the best")
      ->group(group);
  command
      .add_option("--plateau-gain", options.plateau_gain_db,
                  "Anneal early once validations gain no more than this, in dB (never)")
      ->type_name("DB")
      ->check(CLI::PositiveNumber)
      ->group(group);
  command
      .add_option("--plateau-validations", options.plateau_validations,
                  "Validations in a row that may bring no such gain (3)")
      ->type_name("COUNT")
      ->check(CLI::PositiveNumber)
      ->group(group);
}

// --NAME and --no-NAME; without either the value stays unset, which is the recipe's.
void AddSwitch(CLI::App& command, const std::string& name, std::optional<bool>& value, const char* on, const char* off,
               const char* group) {
  auto* yes = command.add_flag_callback("--" + name, [&value] { value = true; }, on)->group(group);
  command.add_flag_callback("--no-" + name, [&value] { value = false; }, off)->excludes(yes)->group(group);
}

void AddPatchOptions(CLI::App& command, TrainingOptions& options, const char* group) {
  command
      .add_option("--patch-sampling", options.patch_sampling, "Where patches are drawn: even or by-difficulty (even)")
      ->type_name("NAME")
      ->group(group);
  AddSwitch(command, "multi-resolution", options.multi_resolution,
            "Begin on pictures of half the size, and end on whole ones", "Train on whole pictures throughout", group);
  AddSwitch(command, "flip", options.flip, "Mirror half of the patches left to right (the recipe's: so it is)",
            "Mirror no patch: for scenes with lettering", group);
  command
      .add_option("--scale-range", options.scale_range, "Zoom patches by up to this share, 0 to 0.5 (the recipe's: 0)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 0.5))
      ->group(group);
  command
      .add_option("--exposure-range", options.exposure_range,
                  "Not chroma: brighten or darken patches by up to this share, 0 to 0.5 (the recipe's: 0)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 0.5))
      ->group(group);
}

void AddLossOptions(CLI::App& command, TrainingOptions& options, const char* group) {
  command
      .add_option("--grain-weight", options.grain_weight,
                  "Not chroma: how much the loss asks for the reference's grain, 0 to 10 (the recipe's)")
      ->type_name("WEIGHT")
      ->check(CLI::Range(0.0, 10.0))
      ->group(group);
  AddSwitch(command, "luma-match", options.luma_match,
            "Spatial and combined: bring the reference's low-frequency luma to the source's first (so it is)",
            "Spatial and combined: take the reference's luma as it is", group);
  command
      .add_option("--tolerate-shift", options.tolerated_shift_px,
                  "Shifts of the reference that the loss forgives, 0 or 1 (1 where the alignment is not sure)")
      ->type_name("PIXELS")
      ->check(CLI::Range(0, 1))
      ->group(group);
  command
      .add_option("--chroma-bandwidth", options.chroma_bandwidth,
                  "Chroma: compare at this share of the luma's bandwidth, 0.01 to 1 (as soft as the pairs show it)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.01, 1.0))
      ->group(group);
}

void AddInitialWeights(CLI::App& command, TrainingOptions& options, const char* group) {
  auto* checkpoint =
      command.add_option("--initial-checkpoint", options.initial_checkpoint, "Begin with this model's weights")
          ->type_name("SHA256")
          ->group(group);
  command.add_option("--initial-job", options.initial_job, "Begin with the weights of this training's best checkpoint")
      ->type_name("JOB")
      ->excludes(checkpoint)
      ->group(group);
}

}  // namespace

void AddTrainingOptions(CLI::App& command, TrainingOptions& options) {
  const char* group = "Training";
  command.add_option("--time-limit", options.time_limit, "Training time; a step count is calibrated from it (60s, 5m)")
      ->type_name("DURATION")
      ->group(group);
  command.add_option("--steps", options.steps, "Training steps, instead of a time limit")
      ->type_name("COUNT")
      ->check(CLI::PositiveNumber)
      ->group(group);
  command
      .add_option("--recipe", options.recipe,
                  "Named defaults: chroma, spatial, combined or copycat (the recovery's own)")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--network", options.network, "grid, unet, nafnet, closed-form or lut")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--size", options.size, "Network's size: small, medium or large")->type_name("NAME")->group(group);
  command.add_option("--lut-size", options.lut_size, "Points along an edge of a lut, 17 to 65 (33)")
      ->type_name("COUNT")
      ->group(group);
  command.add_option("--batch", options.batch, "Patches a step")->type_name("COUNT")->group(group);
  command.add_option("--patch", options.patch_px, "Patch's edge in pixels")->type_name("PIXELS")->group(group);
  command
      .add_option("--learning-rate", options.learning_rate,
                  "Learning rate (the recipe's; a third of it with initial weights)")
      ->type_name("RATE")
      ->check(CLI::PositiveNumber)
      ->group(group);
  command.add_option("--seed", options.seed, "Of everything random")->type_name("NUMBER")->group(group);
  command.add_option("--checkpoint-interval", options.checkpoint_interval, "Steps between checkpoints")
      ->type_name("STEPS")
      ->group(group);
  command.add_option("--contact-sheet-interval", options.contact_sheet_interval, "Steps between contact sheets")
      ->type_name("STEPS")
      ->group(group);
  command.add_option("--preview-frame", options.preview_frame, "A frame that no pair holds, shown while training")
      ->type_name("FRAME")
      ->group(group);
  command.add_option("--precision", options.precision, "auto, fp32 or bf16")->type_name("NAME")->group(group);
  command.add_flag("--fixed", options.fixed, "Fail rather than shrink patch and batch when memory runs out")
      ->group(group);
  AddEarlyEndOptions(command, options, group);
  AddPatchOptions(command, options, group);
  AddLossOptions(command, options, group);
  AddInitialWeights(command, options, group);
}

namespace {

void FillPatches(const TrainingOptions& options, v1::TrainingSettings& training) {
  if (options.multi_resolution) training.set_multi_resolution(*options.multi_resolution);
  if (options.flip) training.mutable_augmentation()->set_horizontal_flip(*options.flip);
  if (options.scale_range) training.mutable_augmentation()->set_scale(*options.scale_range);
  if (options.exposure_range) training.mutable_augmentation()->set_exposure(*options.exposure_range);
}

void FillLoss(const TrainingOptions& options, v1::TrainJob& job) {
  if (options.grain_weight) job.mutable_training()->set_grain_weight(*options.grain_weight);
  if (options.luma_match) job.mutable_training()->set_luma_match(*options.luma_match);
  if (options.tolerated_shift_px) job.mutable_tolerance()->set_shift_px(*options.tolerated_shift_px);
  if (options.chroma_bandwidth != 0) job.mutable_tolerance()->set_chroma_bandwidth(options.chroma_bandwidth);
}

}  // namespace

absl::Status FillTraining(const TrainingOptions& options, v1::TrainJob& job) {
  const auto network = cli::ParseWord<v1::NetworkKind>("--network", options.network);
  if (!network.ok()) return network.status();
  job.set_network(*network);
  job.set_recipe(options.recipe);
  job.set_lut_size(options.lut_size);
  const auto size = cli::ParseWord<v1::NetworkSize>("--size", options.size);
  if (!size.ok()) return size.status();
  job.set_size(*size);
  const auto precision = cli::ParseWord<v1::Precision>("--precision", options.precision);
  if (!precision.ok()) return precision.status();
  v1::TrainingSettings& training = *job.mutable_training();
  training.set_precision(*precision);
  if (options.steps != 0 && !options.time_limit.empty())
    return absl::InvalidArgumentError("--steps, --time-limit: give one of the two");
  training.set_steps(options.steps);
  if (!options.time_limit.empty()) {
    const auto seconds = cli::ParseDuration("--time-limit", options.time_limit);
    if (!seconds.ok()) return seconds.status();
    training.set_time_limit_seconds(*seconds);
  }
  training.set_batch(options.batch);
  training.set_patch_px(options.patch_px);
  training.set_learning_rate(options.learning_rate);
  training.set_seed(options.seed);
  training.set_checkpoint_interval_steps(options.checkpoint_interval);
  training.set_contact_sheet_interval_steps(options.contact_sheet_interval);
  if (options.preview_frame) training.set_preview_frame(*options.preview_frame);
  training.set_fixed(options.fixed);
  if (options.plateau_validations != 0 && options.plateau_gain_db == 0)
    return absl::InvalidArgumentError("--plateau-validations: says nothing without --plateau-gain; give both");
  training.set_ignore_divergence(options.ignore_divergence);
  training.set_plateau_gain_db(options.plateau_gain_db);
  training.set_plateau_validations(options.plateau_validations);
  const auto sampling = cli::ParseWord<v1::PatchSampling>("--patch-sampling", options.patch_sampling);
  if (!sampling.ok()) return sampling.status();
  training.set_patch_sampling(*sampling);
  FillPatches(options, training);
  FillLoss(options, job);
  if (!options.initial_checkpoint.empty()) job.set_initial_checkpoint_sha256(options.initial_checkpoint);
  if (!options.initial_job.empty()) job.set_initial_train_job_id(options.initial_job);
  return absl::OkStatus();
}

void AddSubmitOptions(CLI::App& command, SubmitOptions& options) {
  const char* group = "Submission";
  command.add_option("--priority", options.priority, "-100 to 100, higher first")
      ->type_name("NUMBER")
      ->check(CLI::Range(-100, 100))
      ->group(group);
  command.add_option("--pool", options.pool, "Workers' pool (any)")->type_name("NAME")->group(group);
  command.add_option("--request-id", options.request_id, "UUID that makes a repeated call harmless")
      ->type_name("UUID")
      ->group(group);
}

}  // namespace interneg::commands
