// Options that name a sequence of frames, and what is checked about them before anything is sent.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_SEQUENCE_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_SEQUENCE_OPTIONS_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "client/cli/commands/movie_options.h"
#include "client/cli/frame_pattern.h"
#include "client/cli/location.h"
#include "interneg/v1/job_spec.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// As typed. `path_option` and `range_option` name the options in errors ("--source", "--range").
struct SequenceText {
  std::string path_option;
  std::string path;
  std::string range_option;
  std::string range;
  std::string color_space;
  Reading reading = {};
};

struct Sequence {
  cli::Location location;
  cli::FramePattern pattern;  // of the location's relative path
  std::vector<int> frames;    // in the order asked for; empty: all that there are, which only a worker can see
  v1::FrameSource source;     // as sent
};

// What no range means.
enum class NoRange {
  kRefused,
  // All frames that there are: those in the folder where this machine sees them, else what the worker finds (of a
  // movie, below another root than `local`).
  kWhole,
};

// A movie's path is one file that holds frames 1…N. INVALID_ARGUMENT names the option: a path or range that does not
// parse, a range that is missing or has a movie's frame below 1, one file without a number for its frame, a reading of
// movies for files, frames that are missing from a folder that this machine sees.
absl::StatusOr<Sequence> ParseSequence(const SequenceText& text, const std::filesystem::path& working_folder,
                                       NoRange no_range = NoRange::kRefused);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_SEQUENCE_OPTIONS_H_
