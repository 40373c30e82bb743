#include "client/cli/connection.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "client/cli/credentials.h"

namespace interneg::cli {
namespace {

constexpr std::chrono::seconds kCallDeadline{60};
constexpr int kMostMessageBytes = 64 << 20;

bool IsLoopback(const std::string& server) {
  return server.rfind("unix:", 0) == 0 || server.rfind("127.", 0) == 0 || server.rfind("localhost:", 0) == 0 ||
         server.rfind("[::1]:", 0) == 0;
}

// A token never crosses a network in the clear: plain text only to this machine.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsFor(const Settings& settings) {
  if (IsLoopback(settings.server) && settings.ca_file.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  if (!settings.ca_file.empty()) {
    std::ifstream file(settings.ca_file);
    std::stringstream text;
    if (!file || !(text << file.rdbuf()))
      return absl::InvalidArgumentError(fmt::format("--ca-file: {} cannot be read", settings.ca_file));
    options.pem_root_certs = text.str();
  }
  return grpc::SslCredentials(options);
}

absl::Status CheckAddress(const Settings& settings) {
  const std::string& server = settings.server;
  const auto colon = server.rfind(':');
  const bool good =
      server.rfind("unix:", 0) == 0 ||
      (colon != std::string::npos && colon > 0 && colon + 1 < server.size() && server.find("//") == std::string::npos &&
       std::all_of(server.begin() + static_cast<long>(colon) + 1, server.end(),
                   [](unsigned char c) { return c >= '0' && c <= '9'; }));
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("--server: \"{}\" (from {}) is no address; write host:port, for example 127.0.0.1:7600", server,
                  settings.server_origin));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Settings& settings, Interruption& interruption,
                                                             std::ostream* messages) {
  if (const absl::Status status = CheckAddress(settings); !status.ok()) return status;
  auto token = ReadToken(settings);
  if (!token.ok()) return token.status();
  const auto credentials = CredentialsFor(settings);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostMessageBytes);
  // A server that comes back is to be noticed within a second, not after gRPC's own two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  auto channel = grpc::CreateCustomChannel(settings.server, *credentials, arguments);
  return std::unique_ptr<Connection>(
      new Connection(settings, std::move(*token), interruption, messages, std::move(channel)));
}

Connection::Connection(Settings settings, std::string token, Interruption& interruption, std::ostream* messages,
                       std::shared_ptr<grpc::Channel> channel)
    : settings_(std::move(settings)),
      token_(std::move(token)),
      interruption_(interruption),
      messages_(messages),
      channel_(std::move(channel)),
      stubs_(v1::ProjectService::NewStub(channel_), v1::MediaService::NewStub(channel_),
             v1::DatasetService::NewStub(channel_), v1::JobService::NewStub(channel_),
             v1::WorkerService::NewStub(channel_), v1::TokenService::NewStub(channel_),
             v1::ArtifactService::NewStub(channel_)) {}

void Connection::Authorize(grpc::ClientContext& context) const {
  context.AddMetadata("authorization", "Bearer " + token_);
}

bool Connection::WaitBeforeRetry(std::chrono::steady_clock::time_point first_failure, int attempt,
                                 const grpc::Status& status) {
  const std::chrono::duration<double> left = settings_.retry - (std::chrono::steady_clock::now() - first_failure);
  if (left.count() <= 0) return false;
  if (messages_ != nullptr && attempt % 8 == 0) {
    *messages_ << fmt::format("The server {} does not answer ({}); trying again for {:.0f} s more.\n", settings_.server,
                              status.error_message(), left.count())
               << std::flush;
  }
  const std::chrono::duration<double> pause(std::min(0.2 * (attempt + 1), 1.0));
  return !interruption_.SleepFor(std::min(pause, left));
}

absl::Status Connection::WithPatience(const std::function<grpc::Status(grpc::ClientContext&)>& call) {
  const auto begin = std::chrono::steady_clock::now();
  for (int attempt = 0;; ++attempt) {
    grpc::ClientContext context;
    Authorize(context);
    context.set_deadline(std::chrono::system_clock::now() + kCallDeadline);
    grpc::Status status;
    {
      const Interruption::Listener listener(interruption_, [&] { context.TryCancel(); });
      status = call(context);
    }
    const bool worth_another = status.error_code() == grpc::StatusCode::UNAVAILABLE;
    if (!worth_another || !WaitBeforeRetry(begin, attempt, status)) return Translate(status);
  }
}

absl::Status Connection::Translate(const grpc::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  if (interruption_.requested()) return absl::CancelledError("interrupted");
  const std::string& message = status.error_message();
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return absl::UnavailableError(fmt::format(
          "the server {} (from {}) does not answer: {}; start the local stack with deploy/local/up, or name "
          "another with --server or INTERNEG_SERVER",
          settings_.server, settings_.server_origin, message));
    case grpc::StatusCode::UNAUTHENTICATED:
      return absl::UnauthenticatedError(
          fmt::format("the server {} refused the token (from {}): {}; get a new one from an administrator (`interneg "
                      "token create`) and log in again with `interneg login --server {}`",
                      settings_.server, settings_.token_origin, message, settings_.server));
    case grpc::StatusCode::PERMISSION_DENIED:
      return absl::PermissionDeniedError(
          fmt::format("not allowed: {}; ask an administrator for a role that may (`interneg token create`)", message));
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::UnimplementedError(
          fmt::format("the server {} does not know this call; it may be of another version than this client: {}",
                      settings_.server, message));
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::DeadlineExceededError(
          fmt::format("the server {} (from {}) took too long to answer ({}); try again, or read its log",
                      settings_.server, settings_.server_origin, message));
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return absl::InternalError(
          fmt::format("the server {} (from {}) could not answer: {}; its log says more (`journalctl -u "
                      "interneg-server` there; log/server.log of a local stack)",
                      settings_.server, settings_.server_origin, message));
    default:
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()), message);
  }
}

}  // namespace interneg::cli
