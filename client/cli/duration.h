// Durations as people write and read them.
#ifndef INTERNEG_CLIENT_CLI_DURATION_H_
#define INTERNEG_CLIENT_CLI_DURATION_H_

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace interneg::cli {

// Seconds of `60s`, `1h30m`, `500ms`, `2d` or a plain number of seconds. `option` names the option in the error
// (INVALID_ARGUMENT: does not parse, negative, zero).
absl::StatusOr<double> ParseDuration(std::string_view option, std::string_view text);

// `0:45`, `12:03`, `1:02:03`; `?` when negative or not finite.
std::string ClockText(double seconds);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_DURATION_H_
