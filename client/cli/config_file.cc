#include "client/cli/config_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

namespace interneg::cli {

absl::StatusOr<std::map<std::string, std::string>> ReadConfigFile(const std::filesystem::path& file,
                                                                  const std::vector<std::string>& known) {
  std::map<std::string, std::string> values;
  std::error_code error;
  if (file.empty() || !std::filesystem::exists(file, error)) return values;
  std::ifstream stream(file);
  if (!stream) return absl::InternalError(fmt::format("{}: cannot be read; check its permissions", file.string()));
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(stream);
  } catch (const CLI::Error& problem) {
    return absl::InvalidArgumentError(fmt::format("{}: {}; write key = \"value\"", file.string(), problem.what()));
  }
  for (const CLI::ConfigItem& item : items) {
    const std::string key = item.fullname();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: there is no setting \"{}\"; there are {}", file.string(), key, fmt::join(known, ", ")));
    }
    if (item.inputs.size() != 1)
      return absl::InvalidArgumentError(fmt::format("{}: \"{}\" needs one value", file.string(), key));
    values[key] = item.inputs.front();
  }
  return values;
}

}  // namespace interneg::cli
