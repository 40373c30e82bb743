// The method table over gRPC. One generic service answers every method by its path, so that a method needs no adapter
// of its own. No handler runs on a gRPC thread.
#ifndef INTERNEG_SERVER_RPC_GRPC_SERVER_H_
#define INTERNEG_SERVER_RPC_GRPC_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/rpc/call_room.h"
#include "server/rpc/listen_address.h"

namespace interneg::rpc {

// PEM texts. Without a certificate the server speaks plain text; with a client CA it demands a client certificate.
struct TlsTexts {
  std::string certificate;
  std::string key;
  std::string client_ca;
};

struct GrpcSettings {
  ListenAddress address;
  TlsTexts tls;
  int largest_request_bytes = 4 << 20;
  int largest_response_bytes = 8 << 20;
};

class GrpcServer {
 public:
  // Listens at once. Errors: UNAVAILABLE (the address cannot be had), INVALID_ARGUMENT (certificate).
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const GrpcSettings& settings, const CallRoom& room);
  virtual ~GrpcServer() = default;

  virtual int port() const = 0;

  // Refuses new calls, gives running ones a moment, then cancels them; blocks until all have ended. Stop the waker and
  // the session hub first, so that streams end by themselves. Twice is harmless.
  virtual void Stop() = 0;
};

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_GRPC_SERVER_H_
