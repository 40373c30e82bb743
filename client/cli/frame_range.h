// Frame ranges in fileseq syntax, as far as a command line needs them: checked here before a job is sent.
#ifndef INTERNEG_CLIENT_CLI_FRAME_RANGE_H_
#define INTERNEG_CLIENT_CLI_FRAME_RANGE_H_

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace interneg::cli {

// Distinct frames in the order given: `5`, `-3`, `1-10`, `10-1`, `1-100x5`, `1-100y5`, `1-100:3`, joined by commas.
// INVALID_ARGUMENT names the option and the part that does not parse; at most 2,000,000 frames within ±99,999,999.
absl::StatusOr<std::vector<int>> ParseFrameRange(std::string_view option, std::string_view text);

// The shortest usual spelling of a set of frames: `1-3,7`.
std::string FrameRangeText(std::vector<int> frames);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_FRAME_RANGE_H_
