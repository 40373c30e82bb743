#include "worker/engine/jobs/training_flags.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace interneg::jobs {
namespace {

void AddEarlyEnd(CLI::App& command, TrainingSettings& settings, CLI::Option* train) {
  command
      .add_flag("--ignore-divergence", settings.ignore_divergence,
                "Train on however far validations fall below the best")
      ->excludes(train);
  command
      .add_option("--plateau-gain", settings.plateau_gain_db,
                  "Anneal early once validations gain no more than this, in dB (never)")
      ->check(CLI::PositiveNumber)
      ->excludes(train);
  command
      .add_option("--plateau-validations", settings.plateau_validations,
                  "Validations in a row that may bring no such gain (3)")
      ->check(CLI::PositiveNumber)
      ->excludes(train);
}

// --NAME and --no-NAME; without either the value stays unset, which is the recipe's.
void AddSwitch(CLI::App& command, const std::string& name, std::optional<bool>& value, const char* on, const char* off,
               CLI::Option* train) {
  auto* yes = command.add_flag_callback("--" + name, [&value] { value = true; }, on)->excludes(train);
  command.add_flag_callback("--no-" + name, [&value] { value = false; }, off)->excludes(train)->excludes(yes);
}

void AddPatches(CLI::App& command, RecoverOptions& options, CLI::Option* train) {
  auto& settings = options.training;
  command.add_option("--patch-sampling", options.patch_sampling, "Where patches are drawn: even or by-difficulty (even)")
      ->type_name("NAME")
      ->excludes(train);
  AddSwitch(command, "multi-resolution", settings.multi_resolution,
            "Begin on pictures of half the size, and end on whole ones", "Train on whole pictures throughout", train);
  AddSwitch(command, "flip", options.augmentation.horizontal_flip, "Mirror half of the patches left to right",
            "Mirror no patch: for scenes with lettering", train);
  command
      .add_option("--scale-range", options.augmentation.scale,
                  "Zoom patches by up to this share, 0 to 0.5 (the recipe's: 0)")
      ->check(CLI::Range(0.0, 0.5))
      ->excludes(train);
  command
      .add_option("--exposure-range", options.augmentation.exposure,
                  "Not chroma: brighten or darken patches by up to this share, 0 to 0.5 (the recipe's: 0)")
      ->check(CLI::Range(0.0, 0.5))
      ->excludes(train);
}

void AddLoss(CLI::App& command, RecoverOptions& options, CLI::Option* train) {
  auto& settings = options.training;
  command
      .add_option("--grain-weight", settings.grain_weight,
                  "Not chroma: how much the loss asks for the reference's grain (the recipe's)")
      ->excludes(train);
  AddSwitch(command, "luma-match", settings.luma_match,
            "Spatial and combined: bring the reference's low-frequency luma to the source's first",
            "Spatial and combined: take the reference's luma as it is", train);
  command
      .add_option("--tolerate-shift", options.tolerance.shift_px,
                  "Shifts of the reference that the loss forgives, 0 or 1 pixel (0)")
      ->check(CLI::Range(0, 1))
      ->excludes(train);
  command
      .add_option("--chroma-bandwidth", options.tolerance.chroma_bandwidth,
                  "Chroma: compare at this share of the luma's bandwidth, 0.01 to 1 (as soft as the pairs show it)")
      ->check(CLI::Range(0.01, 1.0))
      ->excludes(train);
}

}  // namespace

void AddTrainingFlags(CLI::App& command, RecoverOptions& options, CLI::Option* train) {
  auto& settings = options.training;
  command
      .add_option("--recipe", options.recipe,
                  "Named defaults for all that follows (`interneg-engine recipe list`); the recovery's own by default")
      ->type_name("NAME")
      ->excludes(train);
  command.add_option("--time-limit", options.time_limit, "Training time, e.g. 60s (60s for grid)")
      ->type_name("TIME")
      ->excludes(train);
  command.add_option("--steps", settings.steps, "Training steps instead of a time")->excludes(train);
  command.add_option("--network", options.network, "grid, unet, nafnet, closed-form or lut")
      ->type_name("NAME")
      ->excludes(train);
  command.add_option("--size", options.size, "small, medium or large (medium)")->type_name("NAME")->excludes(train);
  command.add_option("--lut-size", options.lut_size, "Points along an edge of a lut, 17 to 65 (33)")->excludes(train);
  command.add_option("--batch", settings.batch, "Patches of a step (the recipe's: 3)")->excludes(train);
  command.add_option("--patch", settings.patch_px, "Pixels of a patch, a side (the recipe's: 256)")->excludes(train);
  command
      .add_option("--learning-rate", settings.learning_rate,
                  "The recipe's by default; with initial weights a third of it")
      ->excludes(train);
  command.add_option("--seed", settings.seed, "Of patches and weights")->excludes(train);
  command.add_option("--checkpoint-interval", settings.checkpoint_interval_steps, "Steps between kept checkpoints")
      ->excludes(train);
  command
      .add_option("--contact-sheet-interval", settings.contact_sheet_interval_steps,
                  "Steps between contact sheets (100)")
      ->excludes(train);
  command.add_option("--preview-frame", settings.preview_frame, "Shown while training; no pair's")->excludes(train);
  command.add_option("--precision", options.precision, "auto, fp32 or bf16 (auto)")->type_name("NAME")->excludes(train);
  command.add_flag("--fixed", settings.fixed, "Fail rather than shrink patch and batch when memory runs out")
      ->excludes(train);
  AddEarlyEnd(command, settings, train);
  AddPatches(command, options, train);
  AddLoss(command, options, train);
}

}  // namespace interneg::jobs
