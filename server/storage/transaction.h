// One database transaction as this module's files use it: named statements, what to do after the commit, and the
// translation of libpqxx's exceptions, which end here.
#ifndef INTERNEG_SERVER_STORAGE_TRANSACTION_H_
#define INTERNEG_SERVER_STORAGE_TRANSACTION_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "server/scheduling/bell.h"
#include "server/scheduling/matching.h"

namespace interneg::storage {

// SQL under a name, prepared once a connection. Define as constants; the name must be unique in the program.
struct Statement {
  const char* name;
  const char* sql;
};

// A connection with what has been prepared on it. Used by one thread at a time.
struct Connection {
  explicit Connection(const std::string& settings);
  pqxx::connection link;
  std::set<std::string> prepared;
  // What this connection has seen in the database and never changes there once it has committed.
  std::set<std::string> principals;
  std::map<std::int64_t, scheduling::Requirement> requirements;
  std::map<std::string, std::int64_t> requirement_ids;
};

class Transaction {
 public:
  // kStatements: no BEGIN and no COMMIT, each statement stands for itself. Saves two ways to the server; for reading,
  // where READ COMMITTED gives each statement a snapshot of its own anyway.
  enum class Kind { kWork, kStatements };
  Transaction(Connection& connection, Kind kind) : connection_(connection), work_(Begin(connection, kind)) {}

  // Parameters are strings, numbers and bools; lists go as text (`List`, `Json`) with a cast in the SQL.
  template <typename... Values>
  pqxx::result Run(const Statement& statement, const Values&... values) {
    if (connection_.prepared.insert(statement.name).second) connection_.link.prepare(statement.name, statement.sql);
    return work_->exec_prepared(statement.name, values...);
  }

  // Adds a row to those that `statement` takes as its one parameter, a JSON array; it runs once, before the commit.
  // For what nothing within the transaction reads.
  void Gather(const Statement& statement, nlohmann::json row) {
    auto& [gathered, rows] = gathered_[statement.name];
    gathered = &statement;
    rows.push_back(std::move(row));
  }

  // The connection's memory of rows that never change. What this transaction itself writes belongs there only after
  // the commit.
  Connection& connection() { return connection_; }

  // Done after the commit, in this order; not done when the transaction fails.
  void AfterCommit(std::function<void()> action) { after_.push_back(std::move(action)); }
  void Ring(scheduling::Bell::Topic topic) { rings_.insert(topic); }

 private:
  friend class Pool;

  static std::unique_ptr<pqxx::transaction_base> Begin(Connection& connection, Kind kind) {
    if (kind == Kind::kWork) return std::make_unique<pqxx::work>(connection.link);
    return std::make_unique<pqxx::nontransaction>(connection.link);
  }

  void Commit() {
    for (const auto& [name, gathered] : gathered_) {
      Run(*gathered.first, gathered.second.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    work_->commit();
  }

  Connection& connection_;
  std::unique_ptr<pqxx::transaction_base> work_;
  std::map<std::string, std::pair<const Statement*, nlohmann::json>> gathered_;
  std::vector<std::function<void()>> after_;
  std::set<scheduling::Bell::Topic> rings_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_TRANSACTION_H_
