// Options that say how a medium is read: a movie whose tags are wrong or missing, film that was telecined.
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

// As typed; empty: by the movie's tags, frames as they stand there. Levels and not range, which already names frames.
struct MovieOptions {
  std::string matrix;
  std::string levels;
  std::string pulldown;  // "3:2,phase=2,order=bottom,from=1001"
};

// Adds `prefix`matrix, `prefix`levels and `prefix`pulldown ("--source-").
void AddMovieOptions(CLI::App& command, const std::string& prefix, MovieOptions& options);

// What is given; the rest is as it is without options.
struct Reading {
  std::optional<v1::MovieReading> movie;
  std::optional<v1::Pulldown> pulldown;
};

// INVALID_ARGUMENT names the option and lists its words.
absl::StatusOr<Reading> ToReading(const std::string& prefix, const MovieOptions& options);

// What a recorded medium or an earlier job says, where `reading` does not.
void FillFrom(const v1::FrameSource& frames, Reading& reading);

// As it is typed; empty for none.
std::string PulldownText(const v1::FrameSource& frames);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_MOVIE_OPTIONS_H_
