#include "worker/session/artifact_transfer.h"

#include <fstream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "worker/spool/sha256.h"

namespace interneg::session {
namespace {

constexpr std::size_t kMessageBytes = 512U << 10;
constexpr auto kAnswerPatience = std::chrono::seconds(30);
// For a whole transfer; a slower one goes on with the next try.
constexpr auto kTransferPatience = std::chrono::minutes(10);

grpc::Status LocalError(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.raw_code()), std::string(status.message())};
}

grpc::Status CheckFile(const v1::BeginUploadRequest& begin, const std::string& path) {
  auto hash = spool::Sha256HexOfFile(path);
  if (!hash.ok()) return {grpc::StatusCode::NOT_FOUND, absl::StrCat("no such file: ", path)};
  if (*hash == begin.sha256()) return grpc::Status::OK;
  return {grpc::StatusCode::DATA_LOSS, absl::StrCat(path, " does not have the hash that the engine named")};
}

grpc::Status SendRest(Connection& connection, Cancellation& cancellation, const v1::BeginUploadResponse& begun,
                      const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(begun.offset()));
  if (!in) return {grpc::StatusCode::NOT_FOUND, absl::StrCat("no such file: ", path)};
  grpc::ClientContext context;
  connection.Prepare(context, kTransferPatience);
  const Cancellation::Call call(cancellation, context);
  v1::UploadResponse response;
  auto stream = connection.artifacts().Upload(&context, &response);
  v1::UploadRequest request;
  request.set_upload_id(begun.upload_id());
  std::vector<char> buffer(kMessageBytes);
  std::uint64_t offset = begun.offset();
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    request.set_offset(offset);
    request.set_data(buffer.data(), static_cast<std::size_t>(in.gcount()));
    offset += static_cast<std::uint64_t>(in.gcount());
    if (!stream->Write(request)) break;
  }
  stream->WritesDone();
  if (auto status = stream->Finish(); !status.ok()) return status;
  if (response.complete()) return grpc::Status::OK;
  return {grpc::StatusCode::UNAVAILABLE, absl::StrCat("the server has ", response.offset(), " bytes of ", path)};
}

grpc::Status ReceiveRest(Connection& connection, Cancellation& cancellation, spool::ArtifactCache::Incoming& incoming,
                         const std::string& sha256) {
  grpc::ClientContext context;
  connection.Prepare(context, kTransferPatience);
  const Cancellation::Call call(cancellation, context);
  v1::DownloadRequest request;
  request.set_sha256(sha256);
  request.set_offset(incoming.offset());
  auto stream = connection.artifacts().Download(&context, request);
  v1::DownloadResponse response;
  absl::Status written;
  while (written.ok() && stream->Read(&response)) {
    written = response.offset() == incoming.offset()
                  ? incoming.Append(response.data())
                  : absl::UnavailableError(absl::StrCat("artifact ", sha256, ": bytes came out of order"));
  }
  if (!written.ok()) context.TryCancel();
  const grpc::Status status = stream->Finish();
  return written.ok() ? status : LocalError(written);
}

}  // namespace

grpc::Status UploadFile(Connection& connection, Cancellation& cancellation, const v1::BeginUploadRequest& begin,
                        const std::string& path) {
  if (auto status = CheckFile(begin, path); !status.ok()) return status;
  grpc::ClientContext context;
  connection.Prepare(context, kAnswerPatience);
  v1::BeginUploadResponse begun;
  {
    const Cancellation::Call call(cancellation, context);
    if (auto status = connection.artifacts().BeginUpload(&context, begin, &begun); !status.ok()) return status;
  }
  if (begun.complete()) return grpc::Status::OK;
  const grpc::Status sent = SendRest(connection, cancellation, begun, path);
  // The upload itself was lost or disturbed on the server; beginning again finds out what it has.
  const bool begin_again = sent.error_code() == grpc::StatusCode::NOT_FOUND ||
                           sent.error_code() == grpc::StatusCode::DATA_LOSS ||
                           sent.error_code() == grpc::StatusCode::OUT_OF_RANGE;
  return begin_again ? grpc::Status(grpc::StatusCode::UNAVAILABLE, sent.error_message()) : sent;
}

grpc::Status DownloadIntoCache(Connection& connection, Cancellation& cancellation, spool::ArtifactCache& cache,
                               const std::string& sha256) {
  auto incoming = cache.Receive(sha256);
  if (!incoming.ok()) return LocalError(incoming.status());
  const grpc::Status received = ReceiveRest(connection, cancellation, **incoming, sha256);
  // An offset behind the end: everything is here already, and only has to be verified.
  if (!received.ok() && received.error_code() != grpc::StatusCode::OUT_OF_RANGE) return received;
  const absl::Status whole = (*incoming)->Finish();
  if (absl::IsDataLoss(whole)) return {grpc::StatusCode::UNAVAILABLE, std::string(whole.message())};
  return whole.ok() ? grpc::Status::OK : LocalError(whole);
}

}  // namespace interneg::session
