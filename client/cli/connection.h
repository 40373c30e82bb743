// The way to the server: one channel, one stub a service, the token on every call, and a bounded patience with a server
// that does not answer.
#ifndef INTERNEG_CLIENT_CLI_CONNECTION_H_
#define INTERNEG_CLIENT_CLI_CONNECTION_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include "client/cli/interruption.h"
#include "client/cli/settings.h"
#include "interneg/v1/artifact.grpc.pb.h"
#include "interneg/v1/dataset.grpc.pb.h"
#include "interneg/v1/job.grpc.pb.h"
#include "interneg/v1/media.grpc.pb.h"
#include "interneg/v1/project.grpc.pb.h"
#include "interneg/v1/token.grpc.pb.h"
#include "interneg/v1/worker.grpc.pb.h"

namespace interneg::cli {

// Used from one thread; `interruption` ends calls from another.
class Connection {
 public:
  // Messages about retries go to `messages`, which may be null. Both must outlive the connection.
  // Errors: UNAUTHENTICATED (no token), INVALID_ARGUMENT (server's address, CA file).
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Settings& settings, Interruption& interruption,
                                                          std::ostream* messages);

  // One unary call, e.g. Call(&v1::JobService::Stub::GetJob, request). An unreachable server is tried again for
  // Settings::retry: every call that changes something carries a request id or does the same twice as once.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    Response response;
    const absl::Status status = WithPatience([&](grpc::ClientContext& context) {
      response.Clear();
      return (stub<Stub>().*method)(&context, request, &response);
    });
    if (!status.ok()) return status;
    return response;
  }

  template <class Stub>
  Stub& stub() {
    return *std::get<std::unique_ptr<Stub>>(stubs_);
  }

  // Sets the token on a call of one's own, for streams.
  void Authorize(grpc::ClientContext& context) const;

  // What the server's refusal means here, with a remedy where there is one.
  absl::Status Translate(const grpc::Status& status) const;

  Interruption& interruption() { return interruption_; }
  const Settings& settings() const { return settings_; }

  // Waits before a server that did not answer is tried again; says so once in a while. `first_failure` is when it first
  // did not answer, `attempt` counts from 0. False when patience is at its end or the user interrupted.
  bool WaitBeforeRetry(std::chrono::steady_clock::time_point first_failure, int attempt, const grpc::Status& status);

 private:
  Connection(Settings settings, std::string token, Interruption& interruption, std::ostream* messages,
             std::shared_ptr<grpc::Channel> channel);

  absl::Status WithPatience(const std::function<grpc::Status(grpc::ClientContext&)>& call);

  Settings settings_;
  std::string token_;
  Interruption& interruption_;
  std::ostream* messages_;
  std::shared_ptr<grpc::Channel> channel_;
  std::tuple<std::unique_ptr<v1::ProjectService::Stub>, std::unique_ptr<v1::MediaService::Stub>,
             std::unique_ptr<v1::DatasetService::Stub>, std::unique_ptr<v1::JobService::Stub>,
             std::unique_ptr<v1::WorkerService::Stub>, std::unique_ptr<v1::TokenService::Stub>,
             std::unique_ptr<v1::ArtifactService::Stub>>
      stubs_;
};

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_CONNECTION_H_
