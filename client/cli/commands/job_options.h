// Groups of options that several commands share, and the parts of a job document that they fill.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_JOB_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_JOB_OPTIONS_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/commands/sequence_options.h"
#include "client/cli/settings.h"
#include "interneg/v1/job_spec.pb.h"

namespace CLI {
class App;
}

namespace interneg::commands {

class Context;

struct ColorOptions {
  std::string config;
  std::string config_sha256;
  std::string domain;
  std::string working_space;
  std::string matrix;
  bool allow_linear_clamp = false;
  // What messages call them.
  std::string config_name = "--ocio-config";
  std::string config_sha256_name = "--ocio-sha256";
  std::string domain_name = "--domain";
  std::string working_space_name = "--working-space";
};
void AddColorOptions(CLI::App& command, ColorOptions& options);
// The names of those that were given ("--domain"), in the order of the help.
std::vector<std::string> Said(const ColorOptions& options);
// What no option says, from the settings (settings.h), with a note that says so. A hash of theirs holds for their
// configuration alone: it is left where an option names another.
ColorOptions WithSettings(const Context& context, ColorOptions options);
// `builtin` becomes no configuration, which is the built-in one to every scheduler. INVALID_ARGUMENT names the option, or
// the setting and its file: a path, a word or a hash that is none.
absl::StatusOr<v1::ColorSettings> ToColorSettings(const ColorOptions& options,
                                                  const std::filesystem::path& working_folder);
// Both: of the options and, for what they leave open, the settings.
absl::StatusOr<v1::ColorSettings> ColorOf(const Context& context, const ColorOptions& options);

struct TrainingOptions {
  std::string recipe;
  std::string network;
  std::string size;
  std::uint32_t lut_size = 0;
  std::uint32_t steps = 0;
  std::string time_limit;
  std::uint32_t batch = 0;
  std::uint32_t patch_px = 0;
  double learning_rate = 0;
  std::uint32_t seed = 0;
  std::uint32_t checkpoint_interval = 0;
  std::uint32_t contact_sheet_interval = 0;
  std::optional<int> preview_frame;
  std::string precision;
  bool fixed = false;
  bool ignore_divergence = false;
  double plateau_gain_db = 0;
  std::uint32_t plateau_validations = 0;
  std::string patch_sampling;
  std::optional<bool> multi_resolution;
  std::optional<bool> flip;
  std::optional<double> scale_range;
  std::optional<double> exposure_range;
  std::optional<double> grain_weight;
  std::optional<bool> luma_match;
  std::optional<std::uint32_t> tolerated_shift_px;
  double chroma_bandwidth = 0;
  std::string initial_checkpoint;
  std::string initial_job;
};
void AddTrainingOptions(CLI::App& command, TrainingOptions& options);
// Sets recipe, network, size, initial weights, tolerance and training of the job; leaves the rest.
absl::Status FillTraining(const TrainingOptions& options, v1::TrainJob& job);

struct OutputOptions {
  std::string path;
  std::string space;
  std::string format;
  std::string compression;
  std::string bit_depth;
  bool replace = false;
  std::vector<std::string> attributes;
  std::uint32_t chunk_frames = 0;
};
void AddOutputOptions(CLI::App& command, OutputOptions& options);
// A folder gets the source's file names with the format's extension. INVALID_ARGUMENT: a pattern whose extension is
// another format's, a depth or compression that the format has not, frames that would land on the source's own, a
// folder that this machine sees and that cannot be written.
// `reference` may be null; the frames may not land on its own either.
absl::StatusOr<v1::RenderOutput> ToRenderOutput(const OutputOptions& options, const Sequence& source,
                                                const Sequence* reference, const std::filesystem::path& working_folder);

// OK when none of the frames stands in the output's place, when they may be replaced, or when the place cannot be seen
// from here. FAILED_PRECONDITION names the first that does.
absl::Status CheckOutputFree(const v1::RenderOutput& output, const std::vector<int>& frames,
                             const std::filesystem::path& working_folder);

struct SubmitOptions {
  int priority = 0;
  std::string pool;
  std::string request_id;
};
void AddSubmitOptions(CLI::App& command, SubmitOptions& options);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_JOB_OPTIONS_H_
