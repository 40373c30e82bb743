// What the server's command line and environment say.
#ifndef INTERNEG_SERVER_OPTIONS_H_
#define INTERNEG_SERVER_OPTIONS_H_

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "server/rpc/listen_address.h"

namespace interneg::server {

struct Options {
  rpc::ListenAddress listen;
  rpc::ListenAddress http_listen;
  std::string database;
  std::string artifact_dir;
  std::string tls_cert_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;
  // Where `admin.token` and `worker.token` are kept; empty: none are made.
  std::string credentials_dir;
  // Where the ports that were chosen are written; empty: nowhere.
  std::string port_file;
  std::string log_level = "info";
  std::chrono::milliseconds lease{15'000};
  int database_connections = 8;
  int threads = 16;
  int largest_request_bytes = 4 << 20;
  enum class Migrations { kApply, kLeave, kOnly } migrations = Migrations::kApply;
};

// How the program should end before it has begun: usage was asked for, or was wrong. The text was printed.
struct EarlyEnd {
  int exit_code = 0;
};

// Command line over environment (INTERNEG_LISTEN and so on) over defaults. Errors in single options end with exit code
// 2. Errors: INVALID_ARGUMENT (options that do not fit together; names them).
absl::StatusOr<Options> ReadOptions(int argc, const char* const* argv, EarlyEnd& early_end);

}  // namespace interneg::server

#endif  // INTERNEG_SERVER_OPTIONS_H_
