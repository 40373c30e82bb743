// File names of a sequence: `f.%04d.exr`, `f.#.exr`, `f.@.exr`, `f.$F4.exr`.
#ifndef INTERNEG_CLIENT_CLI_FRAME_PATTERN_H_
#define INTERNEG_CLIENT_CLI_FRAME_PATTERN_H_

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace interneg::cli {

// A path whose file name carries at most one frame field. A regular value type.
struct FramePattern {
  std::string folder;  // "" or ends in '/'
  std::string before;  // the file name before the field (all of it when there is no field)
  std::string after;   // after the field
  int digits = 0;      // least characters of the number, its sign included; 0: no field, one file serves every frame

  std::string PathFor(int frame) const;
  std::string Extension() const;  // lower case, without the dot
  bool IsMovie() const;           // one file that holds numbered frames, by its extension
};

// Whether files of this extension (lower case, without the dot) are movies, as the engine knows them.
bool IsMovieExtension(std::string_view extension);

// INVALID_ARGUMENT names the option: two fields, a field in a folder's name, an empty file name, a bad %,
// more than 9 digits.
absl::StatusOr<FramePattern> ParseFramePattern(std::string_view option, std::string_view path);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_FRAME_PATTERN_H_
