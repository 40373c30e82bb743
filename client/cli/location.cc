#include "client/cli/location.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace interneg::cli {
namespace {

constexpr std::string_view kLocalRoot = "local";

bool IsRootName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

}  // namespace

std::string Location::ToString() const {
  return root + ':' + relative;
}

std::optional<std::string> Location::LocalPath() const {
  if (root != kLocalRoot) return std::nullopt;
  return '/' + relative;
}

std::string Location::ForPeople() const {
  return LocalPath().value_or(ToString());
}

absl::StatusOr<Location> ParseLocation(std::string_view option, std::string_view text,
                                       const std::filesystem::path& working_folder) {
  if (text.empty()) return absl::InvalidArgumentError(fmt::format("{}: the path is empty", option));
  const auto colon = text.find(':');
  const auto slash = text.find('/');
  Location location;
  std::filesystem::path path;
  // A colon after the first slash belongs to a file's name.
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon < slash)) {
    location.root = text.substr(0, colon);
    if (!IsRootName(location.root)) {
      return absl::InvalidArgumentError(
          fmt::format("{}: \"{}\" is no root's name; write root:path, or ./{} for a file of that name", option,
                      location.root, text));
    }
    path = std::filesystem::path(text.substr(colon + 1)).relative_path().lexically_normal();
    if (path.empty() || path == ".")
      return absl::InvalidArgumentError(fmt::format("{}: \"{}\" names a root without a path below it", option, text));
    if (*path.begin() == "..")
      return absl::InvalidArgumentError(
          fmt::format("{}: \"{}\" leads out of the root \"{}\"", option, text, location.root));
  } else {
    location.root = kLocalRoot;
    path = (working_folder / std::filesystem::path(text)).lexically_normal().relative_path();
  }
  location.relative = path.string();
  return location;
}

}  // namespace interneg::cli
