// What the process's exit status tells a script.
#ifndef INTERNEG_CLIENT_CLI_EXIT_CODE_H_
#define INTERNEG_CLIENT_CLI_EXIT_CODE_H_

#include <absl/status/status.h>

namespace interneg::cli {

enum class ExitCode {
  kOk = 0,
  kFailure = 1,
  kUsage = 2,
  kJobFailed = 3,
  kNotAllowed = 4,
  kNotFound = 5,
  kConflict = 6,
  kUnavailable = 7,
  kTimeout = 8,
  kJobPartial = 10,
  kInterrupted = 130,
};

// The exit status that an error ends the program with; kOk for an OK status.
ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_EXIT_CODE_H_
