// Options that say how a movie is read where its tags are wrong or missing.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_MOVIE_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_MOVIE_OPTIONS_H_

#include <optional>
#include <string>

#include <absl/status/statusor.h>

#include "interneg/v1/job_spec.pb.h"

namespace CLI {
class App;
}

namespace interneg::commands {

namespace v1 = interneg::v1;

// As typed; empty: by the movie's tags. Levels and not range, which already names frames.
struct MovieOptions {
  std::string matrix;
  std::string levels;
};

// Adds `prefix`matrix and `prefix`levels ("--source-").
void AddMovieOptions(CLI::App& command, const std::string& prefix, MovieOptions& options);

// Nothing when neither is given. INVALID_ARGUMENT names the option and lists its words.
absl::StatusOr<std::optional<v1::MovieReading>> ToMovieReading(const std::string& prefix, const MovieOptions& options);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_MOVIE_OPTIONS_H_
