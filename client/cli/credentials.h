// Tokens at rest: files of mode 0600.
#ifndef INTERNEG_CLIENT_CLI_CREDENTIALS_H_
#define INTERNEG_CLIENT_CLI_CREDENTIALS_H_

#include <filesystem>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "client/cli/settings.h"

namespace interneg::cli {

// The secret to send. UNAUTHENTICATED, with the remedy, when there is none, its file is missing, empty or unreadable,
// or others may read it.
absl::StatusOr<std::string> ReadToken(const Settings& settings);

// Writes login.toml (mode 0600, whole or not at all) into the folder, which is made with mode 0700.
// INVALID_ARGUMENT: a server or token with quotes or control characters; FAILED_PRECONDITION: the folder is not
// writable.
absl::Status StoreLogin(const std::filesystem::path& config_folder, const std::string& server, const std::string& token,
                        const std::string& ca_file);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_CREDENTIALS_H_
