// What can be told about frames before a job is sent, where this machine sees the same files as the worker.
#ifndef INTERNEG_CLIENT_CLI_LOCAL_FRAMES_H_
#define INTERNEG_CLIENT_CLI_LOCAL_FRAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "client/cli/location.h"

namespace interneg::cli {

// OK when every frame's file is there and may be read, or when the location cannot be seen from here. INVALID_ARGUMENT
// names the option, the missing frames as a range, the first missing file, and the frames that are there instead.
absl::Status CheckFramesPresent(std::string_view option, const Location& sequence, const std::vector<int>& frames);

// The frames of the sequence that lie in its folder, ascending; none where this machine does not see it.
std::vector<int> FramesPresent(const Location& sequence);

// OK when the pattern's folder can be written (or made), or cannot be seen from here. INVALID_ARGUMENT names the option
// and the folder.
absl::Status CheckFolderWritable(std::string_view option, const Location& pattern);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_LOCAL_FRAMES_H_
