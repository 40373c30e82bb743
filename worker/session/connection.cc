#include "worker/session/connection.h"

#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace interneg::session {
namespace {

constexpr int kLargestMessageBytes = 64 << 20;

absl::StatusOr<std::string> FileText(const std::string& path, const std::string& what) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::InvalidArgumentError(absl::StrCat(what, " ", path, " cannot be read; check path and permissions"));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  if (path.empty()) return std::string();
  struct stat facts {};
  if (stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("token file ", path, " can be read by others; chmod 600 it"));
  }
  auto text = FileText(path, "token file");
  if (!text.ok()) return text.status();
  const std::string token(absl::StripAsciiWhitespace(*text));
  if (token.empty()) return absl::InvalidArgumentError(absl::StrCat("token file ", path, " is empty"));
  return token;
}

bool IsLoopback(const std::string& target) {
  return absl::StartsWith(target, "localhost:") || absl::StartsWith(target, "127.") ||
         absl::StartsWith(target, "[::1]:") || absl::StartsWith(target, "unix:");
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const ServerAddress& address) {
  if (address.tls_ca_file.empty() && address.tls_certificate_file.empty() && address.tls_key_file.empty()) {
    if (IsLoopback(address.target)) return grpc::InsecureChannelCredentials();
    return absl::InvalidArgumentError(absl::StrCat("server ", address.target,
                                                   " is not on this machine: give --tls-ca (and --tls-cert, --tls-key)"));
  }
  if (address.tls_certificate_file.empty() != address.tls_key_file.empty()) {
    return absl::InvalidArgumentError("--tls-cert and --tls-key belong together; give both or neither");
  }
  grpc::SslCredentialsOptions options;
  const std::pair<const std::string*, std::string*> files[] = {{&address.tls_ca_file, &options.pem_root_certs},
                                                               {&address.tls_certificate_file, &options.pem_cert_chain},
                                                               {&address.tls_key_file, &options.pem_private_key}};
  for (const auto& [path, out] : files) {
    if (path->empty()) continue;
    auto text = FileText(*path, "TLS file");
    if (!text.ok()) return text.status();
    *out = std::move(*text);
  }
  return grpc::SslCredentials(options);
}

// A server that is back is tried within two seconds. Whether the link lives, the session's own heartbeats tell.
grpc::ChannelArguments ChannelArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetMaxReceiveMessageSize(kLargestMessageBytes);
  arguments.SetMaxSendMessageSize(kLargestMessageBytes);
  return arguments;
}

}  // namespace

void Cancellation::Cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (grpc::ClientContext* call : calls_) call->TryCancel();
}

bool Cancellation::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

Cancellation::Call::Call(Cancellation& cancellation, grpc::ClientContext& context)
    : cancellation_(cancellation), context_(context) {
  const std::lock_guard lock(cancellation_.mutex_);
  cancellation_.calls_.insert(&context_);
  if (cancellation_.cancelled_) context_.TryCancel();
}

Cancellation::Call::~Call() {
  const std::lock_guard lock(cancellation_.mutex_);
  cancellation_.calls_.erase(&context_);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(ServerAddress address) {
  auto credentials = Credentials(address);
  if (!credentials.ok()) return credentials.status();
  std::unique_ptr<Connection> out(new Connection(std::move(address)));
  if (auto status = out->ReloadToken(); !status.ok()) return status;
  const auto channel = grpc::CreateCustomChannel(out->address_.target, *credentials, ChannelArguments());
  out->worker_ = v1::WorkerSessionService::NewStub(channel);
  out->artifacts_ = v1::ArtifactService::NewStub(channel);
  return out;
}

absl::Status Connection::ReloadToken() {
  auto token = ReadToken(address_.token_file);
  if (!token.ok()) return token.status();
  const std::lock_guard lock(mutex_);
  authorization_ = token->empty() ? "" : absl::StrCat("Bearer ", *token);
  return absl::OkStatus();
}

void Connection::Prepare(grpc::ClientContext& context, supervision::Duration patience) const {
  {
    const std::lock_guard lock(mutex_);
    if (!authorization_.empty()) context.AddMetadata("authorization", authorization_);
  }
  if (patience > supervision::Duration::zero()) {
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::duration_cast<std::chrono::system_clock::duration>(patience));
  }
}

Remedy RemedyFor(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::FAILED_PRECONDITION: return Remedy::kStale;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::DATA_LOSS: return Remedy::kGiveUp;
    // A credential can be renewed, a full disk emptied, a server repaired; what is here must not be lost meanwhile.
    default: return Remedy::kTryAgain;
  }
}

std::string Describe(const grpc::Status& status) {
  static constexpr const char* kNames[] = {"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED",
                                           "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL",
                                           "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
  const int code = status.error_code();
  const bool known = code >= 0 && code < static_cast<int>(std::size(kNames));
  return absl::StrCat(known ? kNames[code] : "UNKNOWN", ": ", status.error_message());
}

}  // namespace interneg::session
