// Options that name a sequence of frames, and what is checked about them before anything is sent.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_SEQUENCE_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_SEQUENCE_OPTIONS_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

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
  std::optional<v1::MovieReading> movie = std::nullopt;
};

struct Sequence {
  cli::Location location;
  cli::FramePattern pattern;  // of the location's relative path
  std::vector<int> frames;    // in the order asked for
  v1::FrameSource source;     // as sent
};

// A movie's path is one file that holds frames 1…N. INVALID_ARGUMENT names the option: a path or range that does not
// parse, a movie without a range or with a frame below 1, a
// reading of movies for files, frames that are missing from a folder that this machine sees.
absl::StatusOr<Sequence> ParseSequence(const SequenceText& text, const std::filesystem::path& working_folder);

// The range of all frames of the sequence that lie in its folder. INVALID_ARGUMENT when that cannot be told from here
// (a movie, another root than `local`) or none lies there: names `range_option` as the remedy.
absl::StatusOr<std::string> RangePresent(const SequenceText& text, const std::filesystem::path& working_folder);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_SEQUENCE_OPTIONS_H_
