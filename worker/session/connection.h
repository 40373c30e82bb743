// The way to the server: channel, credential and the calls in flight.
#ifndef INTERNEG_WORKER_SESSION_CONNECTION_H_
#define INTERNEG_WORKER_SESSION_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "interneg/v1/artifact.grpc.pb.h"
#include "interneg/v1/worker_session.grpc.pb.h"
#include "worker/supervision/boot_clock.h"

namespace interneg::session {

struct ServerAddress {
  // host:port
  std::string target;
  // Read anew for every stream, so that a renewed token is taken up without a restart. Must be mode 0600.
  std::string token_file;
  // PEM files; all empty: no TLS, which is allowed on loopback only. A CA alone: the server is verified; with
  // certificate and key: mutual.
  std::string tls_ca_file;
  std::string tls_certificate_file;
  std::string tls_key_file;
};

// Lets one thread end the calls of another. Thread-safe.
class Cancellation {
 public:
  void Cancel();
  bool cancelled() const;

  // Registers one call as long as it lives.
  class Call {
   public:
    Call(Cancellation& cancellation, grpc::ClientContext& context);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Cancellation& cancellation_;
    grpc::ClientContext& context_;
  };

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;
  std::set<grpc::ClientContext*> calls_;
};

// Thread-safe but for ReloadToken's caller, who is one thread.
class Connection {
 public:
  // Does not connect yet. Errors: INVALID_ARGUMENT, naming file or option and the remedy (a missing or unreadable file, a
  // token that others may read, an address off loopback without TLS).
  static absl::StatusOr<std::unique_ptr<Connection>> Open(ServerAddress address);

  v1::WorkerSessionService::Stub& worker() { return *worker_; }
  v1::ArtifactService::Stub& artifacts() { return *artifacts_; }
  // Adds credential and deadline; no deadline when `patience` is zero.
  void Prepare(grpc::ClientContext& context, supervision::Duration patience) const;
  absl::Status ReloadToken();
  const std::string& target() const { return address_.target; }

 private:
  explicit Connection(ServerAddress address) : address_(std::move(address)) {}
  const ServerAddress address_;
  std::unique_ptr<v1::WorkerSessionService::Stub> worker_;
  std::unique_ptr<v1::ArtifactService::Stub> artifacts_;
  mutable std::mutex mutex_;
  std::string authorization_;
};

// What a failed call calls for.
enum class Remedy {
  // The server or the way to it is in trouble: try again later.
  kTryAgain,
  // The attempt is no longer the live one.
  kStale,
  // The same request will never be taken.
  kGiveUp,
};
Remedy RemedyFor(const grpc::Status& status);

std::string Describe(const grpc::Status& status);

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_CONNECTION_H_
