// Where frames lie, as the farm names it: `root:relative/path`. Plain paths stand for the root `local`, the file system
// as the local stack's worker sees it.
#ifndef INTERNEG_CLIENT_CLI_LOCATION_H_
#define INTERNEG_CLIENT_CLI_LOCATION_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace interneg::cli {

struct Location {
  std::string root;
  std::string relative;  // no leading slash; may carry a frame field

  std::string ToString() const;  // "root:relative"

  // Where this machine sees it; nothing for a root other than `local`.
  std::optional<std::string> LocalPath() const;

  // As a person would write it: the plain path for `local`, else "root:relative".
  std::string ForPeople() const;
};

// `root:path` as it is; anything else is a plain path, made absolute against `working_folder` and taken below `local`.
// A trailing slash is kept. INVALID_ARGUMENT names the option: an empty path, a root name with other characters than
// letters, digits, '_' and '-', or a `..` that leads above the root.
absl::StatusOr<Location> ParseLocation(std::string_view option, std::string_view text,
                                       const std::filesystem::path& working_folder);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_LOCATION_H_
