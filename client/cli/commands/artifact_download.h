// Brings an artifact's bytes here, through streams that break.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_ARTIFACT_DOWNLOAD_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_ARTIFACT_DOWNLOAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "client/cli/connection.h"

namespace interneg::commands {

// Gives `take` the bytes from `offset` on, each once and in order; a stream that breaks is taken up where it broke.
// Errors: as ArtifactService.Download, what `take` returns, DATA_LOSS when the server sends another part.
absl::Status ReceiveArtifact(cli::Connection& connection, const std::string& sha256, std::uint64_t offset,
                             const std::function<absl::Status(const std::string&)>& take);

// The whole, verified against its hash. For documents, which are a few megabytes at most.
absl::StatusOr<std::string> ReadArtifact(cli::Connection& connection, const std::string& sha256);

// What arrived is not what was asked for.
absl::Status WrongHash(const std::string& sha256);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_ARTIFACT_DOWNLOAD_H_
