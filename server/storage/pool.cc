#include "server/storage/pool.h"

#include <exception>

namespace interneg::storage {
namespace {

constexpr int kMostTries = 8;

absl::Status Failed(const char* what, const std::exception& error) {
  return absl::InternalError(std::string(what) + ": " + error.what());
}

absl::Status Unreachable(const char* what, const std::exception& error) {
  return absl::UnavailableError(std::string(what) + ": the database cannot be reached: " + error.what());
}

// Class 57: the server is going away, or the statement was stopped. 53: out of resources. 25P03: idle for too long.
// 55P03: a lock that did not come.
// Class 21 and 23: rows that contradict themselves or what stands; sending them again would not help.
bool IsContradiction(const std::string& state) { return state.rfind("21", 0) == 0 || state.rfind("23", 0) == 0; }

// A statement that took too long, or waited too long for a lock: once more, and no oftener.
bool IsSlow(const std::string& state) { return state == "57014" || state == "55P03"; }

bool IsPassing(const std::string& state) {
  return state.rfind("57", 0) == 0 || state.rfind("53", 0) == 0 || state == "25P03";
}

}  // namespace

Connection::Connection(const std::string& settings) : link(settings) {
  // A stopped process must not hold the leader's row, or any other, for ever.
  link.set_variable("idle_in_transaction_session_timeout", "'15s'");
  link.set_variable("statement_timeout", "'60s'");
  link.set_variable("lock_timeout", "'20s'");
  link.set_variable("timezone", "'UTC'");
  // Short statements of which the planner thinks dear must not be compiled first.
  link.set_variable("jit", "off");
  link.set_variable("client_min_messages", "'warning'");
}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Take() {
  const auto began = std::chrono::steady_clock::now();
  {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, settings_.wait, [this] { return out_ < settings_.size; })) {
      return absl::UnavailableError("every database connection is busy; try again");
    }
    ++out_;
    observer_.DatabasePoolWait(std::chrono::steady_clock::now() - began);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  try {
    return std::make_unique<Connection>(settings_.connection);
  } catch (const std::exception& error) {
    GiveBack(nullptr);
    return Unreachable("connect", error);
  }
}

void Pool::GiveBack(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    --out_;
    if (connection) idle_.push_back(std::move(connection));
  }
  freed_.notify_one();
}

Pool::Ending Pool::Attempt(const char* what, Transaction::Kind kind, Connection& connection,
                           const std::function<absl::Status(Transaction&)>& body) {
  try {
    Transaction transaction(connection, kind);
    const absl::Status status = body(transaction);
    if (!status.ok()) return {status, Verdict::kFinal};
    transaction.Commit();
    for (const auto& action : transaction.after_) action();
    for (const auto topic : transaction.rings_) bell_.Ring(topic);
    return {absl::OkStatus(), Verdict::kFinal};
  } catch (const pqxx::in_doubt_error& error) {
    return {Unreachable(what, error), Verdict::kFinalDiscard};
  } catch (const pqxx::statement_completion_unknown& error) {
    return {Unreachable(what, error), Verdict::kFinalDiscard};
  } catch (const pqxx::transaction_rollback& error) {
    // serialization_failure and deadlock_detected; neither is an sql_error in libpqxx 6.
    return {absl::AbortedError(std::string(what) + ": " + error.what()), Verdict::kAgain};
  } catch (const pqxx::broken_connection& error) {
    return {Unreachable(what, error), Verdict::kAgainElsewhere};
  } catch (const pqxx::data_exception& error) {
    return {absl::InvalidArgumentError(std::string(what) + ": " + error.what()), Verdict::kFinal};
  } catch (const pqxx::sql_error& error) {
    if (IsContradiction(error.sqlstate())) {
      return {absl::InvalidArgumentError(std::string(what) + ": " + error.what()), Verdict::kFinal};
    }
    if (IsSlow(error.sqlstate())) return {Unreachable(what, error), Verdict::kAgainOnce};
    if (IsPassing(error.sqlstate())) return {Unreachable(what, error), Verdict::kAgainElsewhere};
    return {Failed(what, error), Verdict::kFinal};
  } catch (const std::exception& error) {
    // A conversion that fails, a broken pipe that libpqxx wraps in nothing: the connection's state is unknown.
    return {connection.link.is_open() ? Failed(what, error) : Unreachable(what, error), Verdict::kFinalDiscard};
  }
}

absl::Status Pool::Run(const char* what, Transaction::Kind kind,
                       const std::function<absl::Status(Transaction&)>& body) {
  absl::Status last;
  int elsewhere = 0;
  int slow = 0;
  for (int tries = 0; tries < kMostTries; ++tries) {
    auto connection = Take();
    if (!connection.ok()) return connection.status();
    Ending ending = Attempt(what, kind, **connection, body);
    last = std::move(ending.status);
    const bool discard = ending.verdict == Verdict::kAgainElsewhere || ending.verdict == Verdict::kFinalDiscard;
    if (discard) connection->reset();
    GiveBack(std::move(*connection));
    // After a restart of the database every pooled connection is broken: each is met once and thrown away.
    if (ending.verdict == Verdict::kAgainElsewhere && ++elsewhere <= settings_.size) continue;
    if (ending.verdict == Verdict::kAgainOnce && ++slow <= 1) continue;
    if (ending.verdict != Verdict::kAgain) return last;
  }
  return last.ok() || !absl::IsAborted(last) ? last : absl::UnavailableError(std::string(last.message()));
}

}  // namespace interneg::storage
