// Where frames lie, as a job names it: `root:relative/path`, or a plain path under the root `local`.
#ifndef INTERNEG_SERVER_RPC_LOCATION_H_
#define INTERNEG_SERVER_RPC_LOCATION_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace interneg::rpc {

struct Location {
  std::string root;
  // Below the root: no leading slash, no empty, `.` or `..` step.
  std::string path;
};

// Errors: INVALID_ARGUMENT that begins with `field`: an empty path, a root name with other characters than letters,
// digits, '_' and '-', a step that is empty, `.` or `..`, or a control character. `%` is an ordinary character: what
// looks escaped is not decoded by anyone.
absl::StatusOr<Location> ParseLocation(std::string_view field, std::string_view text);

// Frames to read. As ParseLocation; besides, the last step must hold one place for the frame number (`%04d`, `####`,
// `@`, `$F4`), or be a movie's name by its extension and hold none.
absl::StatusOr<Location> ParseSequence(std::string_view field, std::string_view text);

// Frames to write: as ParseSequence, but for movies, which are not written.
absl::StatusOr<Location> ParseFrameFiles(std::string_view field, std::string_view text);

// Whether a location that ParseSequence takes is a movie's, by its extension.
bool IsMovie(std::string_view path);

// The name of a file of a sequence with its place written as %04d, whichever of the spellings it came in; two names
// that are equal so name the same files.
std::string CanonicalSequenceName(const std::string& name);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_LOCATION_H_
