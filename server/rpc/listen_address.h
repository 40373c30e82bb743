// Addresses that a server listens on.
#ifndef INTERNEG_SERVER_RPC_LISTEN_ADDRESS_H_
#define INTERNEG_SERVER_RPC_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace interneg::rpc {

struct ListenAddress {
  // Without brackets; for a unix socket its path.
  std::string host;
  // 0: any free one. Unused for a unix socket.
  int port = 0;
  enum class Family { kTcp, kUnix } family = Family::kTcp;

  // Whether only this machine can reach it: a unix socket, 127.0.0.0/8, ::1 or `localhost`.
  bool local() const;
};

// "127.0.0.1:7600", "[::1]:0", "localhost:7600" or "unix:/path". Errors: INVALID_ARGUMENT naming `option`.
absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& option, const std::string& text);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_LISTEN_ADDRESS_H_
