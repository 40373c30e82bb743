#include "client/cli/commands/movie_options.h"

#include <CLI/CLI.hpp>

#include "client/cli/job_words.h"

namespace interneg::commands {

void AddMovieOptions(CLI::App& command, const std::string& prefix, MovieOptions& options) {
  const char* group = "Movies";
  command.add_option(prefix + "matrix", options.matrix, "Read as bt601, bt709 or bt2020, whatever the movie says")
      ->type_name("NAME")
      ->group(group);
  command.add_option(prefix + "levels", options.levels, "Read as limited (16-235) or full (0-255) range")
      ->type_name("NAME")
      ->group(group);
}

absl::StatusOr<std::optional<v1::MovieReading>> ToMovieReading(const std::string& prefix, const MovieOptions& options) {
  if (options.matrix.empty() && options.levels.empty()) return std::nullopt;
  const auto matrix = cli::ParseWord<v1::YcbcrMatrix>(prefix + "matrix", options.matrix);
  if (!matrix.ok()) return matrix.status();
  const auto range = cli::ParseWord<v1::SampleRange>(prefix + "levels", options.levels);
  if (!range.ok()) return range.status();
  v1::MovieReading reading;
  reading.set_matrix(*matrix);
  reading.set_range(*range);
  return reading;
}

}  // namespace interneg::commands
