#include "server/rpc/grpc_server.h"

#include <chrono>
#include <mutex>

#include <fmt/format.h>

#include "server/rpc/grpc_call.h"

namespace interneg::rpc {
namespace {

constexpr std::chrono::seconds kPatience{3};

class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

class EveryMethod final : public grpc::CallbackGenericService {
 public:
  explicit EveryMethod(const CallRoom& room) : room_(room) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    const Method* method = room_.table.Find(context->method());
    if (method == nullptr) {
      room_.metrics.RequestAnswered("unknown", CodeName(absl::StatusCode::kUnimplemented));
      return new Refusal({grpc::StatusCode::UNIMPLEMENTED, "this server has no such method; is the client newer?"});
    }
    if (std::holds_alternative<Unary>(method->call)) return AnswerUnary(room_, context, *method);
    if (std::holds_alternative<OpenSource>(method->call)) return AnswerSource(room_, context, *method);
    if (std::holds_alternative<OpenSink>(method->call)) return AnswerSink(room_, context, *method);
    return AnswerConversation(room_, context, *method);
  }

 private:
  const CallRoom room_;
};

std::shared_ptr<grpc::ServerCredentials> Credentials(const TlsTexts& tls) {
  if (tls.certificate.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(tls.client_ca.empty()
                                                ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls.client_ca;
  options.pem_key_cert_pairs.push_back({tls.key, tls.certificate});
  return grpc::SslServerCredentials(options);
}

std::string Text(const ListenAddress& address) {
  if (address.family == ListenAddress::Family::kUnix) return "unix:" + address.host;
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port) : fmt::format("{}:{}", address.host, address.port);
}

class RunningServer final : public GrpcServer {
 public:
  explicit RunningServer(const CallRoom& room) : service_(room) {}
  ~RunningServer() override { Stop(); }

  absl::Status Listen(const GrpcSettings& settings) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(Text(settings.address), Credentials(settings.tls), &port_);
    builder.RegisterCallbackGenericService(&service_);
    builder.SetMaxReceiveMessageSize(settings.largest_request_bytes);
    builder.SetMaxSendMessageSize(settings.largest_response_bytes);
    // Two servers on one port would each get some of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // A peer whose machine has vanished is noticed within a minute.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    server_ = builder.BuildAndStart();
    if (server_ != nullptr && port_ != 0) return absl::OkStatus();
    return absl::UnavailableError(fmt::format(
        "cannot listen on {}: is it in use, or not this machine's? With TLS, is the certificate that key's?",
        Text(settings.address)));
  }

  int port() const override { return port_; }

  void Stop() override {
    const std::lock_guard lock(mutex_);
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now() + kPatience);
    server_->Wait();
    server_.reset();
  }

 private:
  EveryMethod service_;
  std::mutex mutex_;  // guards server_
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const GrpcSettings& settings, const CallRoom& room) {
  auto server = std::make_unique<RunningServer>(room);
  if (auto listening = server->Listen(settings); !listening.ok()) return listening;
  return server;
}

}  // namespace interneg::rpc
