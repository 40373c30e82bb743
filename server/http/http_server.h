// The server's HTTP side: /healthz, /metrics, and the contract's unary and server-streaming methods over the Connect
// protocol at /interneg.v1.Service/Method, through the same method table as gRPC.
#ifndef INTERNEG_SERVER_HTTP_HTTP_SERVER_H_
#define INTERNEG_SERVER_HTTP_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/rpc/call_room.h"
#include "server/rpc/listen_address.h"

namespace interneg::http {

struct HttpSettings {
  // TCP only.
  rpc::ListenAddress address;
  // PEM files; both or neither.
  std::string certificate_file;
  std::string key_file;
  std::size_t largest_request_bytes = std::size_t{4} << 20;
  // A stream holds one of them for as long as it lasts.
  int threads = 32;
};

class HttpServer {
 public:
  // Listens at once. `ready` is asked at each /healthz. Errors: INVALID_ARGUMENT (address, certificate), UNAVAILABLE
  // (the address cannot be had).
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpSettings& settings, const rpc::CallRoom& room,
                                                           std::function<absl::Status()> ready);
  virtual ~HttpServer() = default;

  virtual int port() const = 0;

  // Blocks until no request is being answered. Stop the waker first, so that streams end. Twice is harmless.
  virtual void Stop() = 0;
};

}  // namespace interneg::http

#endif  // INTERNEG_SERVER_HTTP_HTTP_SERVER_H_
