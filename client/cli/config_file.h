// One configuration file: `key = value` lines in TOML.
#ifndef INTERNEG_CLIENT_CLI_CONFIG_FILE_H_
#define INTERNEG_CLIENT_CLI_CONFIG_FILE_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

namespace interneg::cli {

// Values by key. A file that is not there is empty. INVALID_ARGUMENT names the file and the key that is not among
// `known` or has no single value; INTERNAL a file that cannot be read.
absl::StatusOr<std::map<std::string, std::string>> ReadConfigFile(const std::filesystem::path& file,
                                                                  const std::vector<std::string>& known);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_CONFIG_FILE_H_
