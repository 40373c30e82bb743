// A bounded set of connections, and transactions over them.
#ifndef INTERNEG_SERVER_STORAGE_POOL_H_
#define INTERNEG_SERVER_STORAGE_POOL_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>

#include "server/scheduling/bell.h"
#include "server/scheduling/observer.h"
#include "server/storage/transaction.h"

namespace interneg::storage {

struct PoolSettings {
  std::string connection;
  int size = 8;
  std::chrono::milliseconds wait{5'000};
};

// Thread-safe. Connections are made when first needed and thrown away after any broken or in-doubt error.
class Pool {
 public:
  Pool(PoolSettings settings, scheduling::Bell& bell, scheduling::Observer& observer)
      : settings_(std::move(settings)), bell_(bell), observer_(observer) {}

  // Runs `body` in a transaction and commits when it returns OK; any other status rolls back and is returned. The body
  // runs again, from the start, after a serialization failure, a deadlock, or a connection that broke before the
  // commit; so it must have no effect but through its transaction. `what` names the deed in errors.
  // Errors beside the body's: UNAVAILABLE (no connection, or its fate is unknown), INTERNAL (a statement failed).
  absl::Status Do(const char* what, const std::function<absl::Status(Transaction&)>& body) {
    return Run(what, Transaction::Kind::kWork, body);
  }

  // As Do, for a body that returns a value.
  template <typename Value>
  absl::StatusOr<Value> Ask(const char* what, const std::function<absl::StatusOr<Value>(Transaction&)>& body) {
    return ValueOf<Value>(what, Transaction::Kind::kWork, body);
  }

  // As Ask, for a body that only reads and takes no locks: its statements go one by one, outside any transaction.
  template <typename Value>
  absl::StatusOr<Value> Read(const char* what, const std::function<absl::StatusOr<Value>(Transaction&)>& body) {
    return ValueOf<Value>(what, Transaction::Kind::kStatements, body);
  }

 private:
  template <typename Value>
  absl::StatusOr<Value> ValueOf(const char* what, Transaction::Kind kind,
                                const std::function<absl::StatusOr<Value>(Transaction&)>& body) {
    absl::StatusOr<Value> value = absl::UnknownError("not run");
    const absl::Status status = Run(what, kind, [&](Transaction& transaction) {
      value = body(transaction);
      return value.status();
    });
    if (!status.ok()) return status;
    return value;
  }

  enum class Verdict { kFinal, kAgain, kAgainOnce, kAgainElsewhere, kFinalDiscard };
  struct Ending {
    absl::Status status;
    Verdict verdict = Verdict::kFinal;
  };

  absl::Status Run(const char* what, Transaction::Kind kind, const std::function<absl::Status(Transaction&)>& body);
  absl::StatusOr<std::unique_ptr<Connection>> Take();
  void GiveBack(std::unique_ptr<Connection> connection);
  Ending Attempt(const char* what, Transaction::Kind kind, Connection& connection,
                 const std::function<absl::Status(Transaction&)>& body);

  const PoolSettings settings_;
  scheduling::Bell& bell_;
  scheduling::Observer& observer_;

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
  int out_ = 0;                                    // guarded by mutex_
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_POOL_H_
