// Everything the server is made of, built by constructor and in order.
#ifndef INTERNEG_SERVER_STACK_H_
#define INTERNEG_SERVER_STACK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "server/options.h"

namespace interneg::server {

class Stack {
 public:
  // Migrates (unless told not to), opens the database and the artifact store, listens. Errors: INVALID_ARGUMENT,
  // FAILED_PRECONDITION (the artifact folder belongs to another database, credentials), UNAVAILABLE (database,
  // address).
  static absl::StatusOr<std::unique_ptr<Stack>> Start(const Options& options);
  ~Stack();  // stops

  int grpc_port() const;
  int http_port() const;

  // Hands leadership back, tells every stream to come again, waits for calls in progress. Twice is harmless.
  void Stop();

 private:
  struct Parts;
  explicit Stack(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Brings the database's schema up to date.
absl::Status MigrateDatabase(const Options& options);

}  // namespace interneg::server

#endif  // INTERNEG_SERVER_STACK_H_
