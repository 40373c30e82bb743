// A whole Interneg on this machine, for one test: PostgreSQL, server, worker and client, in a folder of its own.
#ifndef INTERNEG_TESTS_E2E_STACK_H_
#define INTERNEG_TESTS_E2E_STACK_H_

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/support/postgres_cluster.h"

namespace interneg::e2e {

struct StackOptions {
  // Short, so that tests of lost workers take seconds.
  double lease_seconds = 3;
  // The engine that the worker starts; empty: the one built beside the tests.
  std::filesystem::path engine;
  testing::Durability durability = testing::Durability::kNone;
};

// Processes run until killed or until the stack is destroyed. Used from one thread.
class Stack {
 public:
  // Starts everything and waits until the worker is seen online. Throws std::runtime_error with the logs' ends.
  explicit Stack(StackOptions options = {});
  ~Stack();

  const std::filesystem::path& folder() const { return folder_; }
  // libpq's connection string of the stack's database.
  std::string database() const { return database_; }
  std::string server_address() const { return server_address_; }
  std::filesystem::path admin_token() const { return folder_ / "credentials" / "admin.token"; }

  Program& server() { return *server_; }
  Program& worker() { return *worker_; }
  // Kills the process if it runs and starts it anew on the same data.
  void StartServer();
  void StartWorker();
  void StopWorker() { worker_.reset(); }
  void StopServer() { server_.reset(); }

  // The running engine process, if there is one.
  std::optional<pid_t> Engine() const;

  // Runs `interneg` with the admin's token in folder().
  Finished Client(const std::vector<std::string>& arguments, std::chrono::seconds limit = std::chrono::seconds(120)) const;
  // The same with `-o json`; throws when the exit code is not 0 or the output is no JSON.
  nlohmann::json Json(std::vector<std::string> arguments) const;
  // Runs a program of the build; throws with its output when it fails.
  std::string Tool(const std::string& program, const std::vector<std::string>& arguments) const;

  // Newest first, as `interneg job list -o json` has them.
  nlohmann::json Jobs() const;

  // The ends of all logs, for messages of failed expectations.
  std::string Logs() const;

 private:
  Command ProgramCommand(const std::string& program, std::vector<std::string> arguments, const std::string& log) const;
  void AwaitWorkerOnline() const;

  StackOptions options_;
  std::filesystem::path folder_;
  std::string server_address_;
  std::string http_address_;
  std::unique_ptr<testing::PostgresCluster> postgres_;
  std::string database_;
  std::unique_ptr<Program> server_;
  std::unique_ptr<Program> worker_;
};

// A drawn shot faded by the engine: `faded/f.%04d.png`, `reference/f.%04d.png`, `truth/f.%04d.png` below `folder`.
void MakeShot(const Stack& stack, const std::filesystem::path& folder, const std::string& range, int width_px,
              int height_px);

}  // namespace interneg::e2e

#endif  // INTERNEG_TESTS_E2E_STACK_H_
