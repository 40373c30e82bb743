// One database transaction as this module's files use it: named statements, what to do after the commit, and the
// translation of libpqxx's exceptions, which end here.
#ifndef INTERNEG_SERVER_STORAGE_TRANSACTION_H_
#define INTERNEG_SERVER_STORAGE_TRANSACTION_H_

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>
#include <pqxx/pqxx>

#include "server/scheduling/bell.h"

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
};

class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection), work_(connection.link) {}

  // Parameters are strings, numbers and bools; lists go as text (`List`, `Json`) with a cast in the SQL.
  template <typename... Values>
  pqxx::result Run(const Statement& statement, const Values&... values) {
    if (connection_.prepared.insert(statement.name).second) connection_.link.prepare(statement.name, statement.sql);
    return work_.exec_prepared(statement.name, values...);
  }

  // Done after the commit, in this order; not done when the transaction fails.
  void AfterCommit(std::function<void()> action) { after_.push_back(std::move(action)); }
  void Ring(scheduling::Bell::Topic topic) { rings_.insert(topic); }

 private:
  friend class Pool;
  Connection& connection_;
  pqxx::work work_;
  std::vector<std::function<void()>> after_;
  std::set<scheduling::Bell::Topic> rings_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_TRANSACTION_H_
