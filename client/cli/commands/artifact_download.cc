#include "client/cli/commands/artifact_download.h"

#include <chrono>

#include <fmt/format.h>

#include "client/cli/digest.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

absl::Status ReceiveArtifact(cli::Connection& connection, const std::string& sha256, std::uint64_t offset,
                             const std::function<absl::Status(const std::string&)>& take) {
  auto first_failure = std::chrono::steady_clock::now();
  for (int attempt = 0;; ++attempt) {
    v1::DownloadRequest request;
    request.set_sha256(sha256);
    request.set_offset(offset);
    grpc::ClientContext call;
    connection.Authorize(call);
    const cli::Interruption::Listener listener(connection.interruption(), [&] { call.TryCancel(); });
    const auto reader = connection.stub<v1::ArtifactService::Stub>().Download(&call, request);
    v1::DownloadResponse part;
    while (reader->Read(&part)) {
      if (part.offset() != offset) return absl::DataLossError("the server sent another part than was asked for");
      if (const absl::Status taken = take(part.data()); !taken.ok()) return taken;
      offset += part.data().size();
      attempt = 0;
      first_failure = std::chrono::steady_clock::now();
    }
    const grpc::Status status = reader->Finish();
    if (status.ok()) return absl::OkStatus();
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE ||
        !connection.WaitBeforeRetry(first_failure, attempt, status))
      return connection.Translate(status);
  }
}

absl::StatusOr<std::string> ReadArtifact(cli::Connection& connection, const std::string& sha256) {
  std::string bytes;
  const absl::Status status = ReceiveArtifact(connection, sha256, 0, [&](const std::string& part) {
    bytes += part;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (cli::Sha256Hex(bytes) != sha256) return WrongHash(sha256);
  return bytes;
}

absl::Status WrongHash(const std::string& sha256) {
  return absl::DataLossError(
      fmt::format("{}: what arrived does not have this hash and was removed; try again", sha256));
}

}  // namespace interneg::commands
