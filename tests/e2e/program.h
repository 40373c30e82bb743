// A child process of a test: started, signalled, waited for, and never left behind.
#ifndef INTERNEG_TESTS_E2E_PROGRAM_H_
#define INTERNEG_TESTS_E2E_PROGRAM_H_

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace interneg::e2e {

struct Command {
  std::vector<std::string> arguments;               // arguments[0] is the program's path.
  std::map<std::string, std::string> environment;   // Added to the test's own.
  std::filesystem::path working_folder;             // Empty: the test's own.
  std::filesystem::path out;                        // Where stdout goes; appended to.
  std::filesystem::path err;                        // Where stderr goes; may be the same file.
};

// Runs from construction on. The destructor kills it (SIGKILL) and reaps it. Owned and used by one thread.
class Program {
 public:
  // Throws std::runtime_error when the program cannot be started.
  explicit Program(const Command& command);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  void Signal(int signal) const;
  // The exit code (128 + signal when a signal ended it), or nothing when it still runs after `limit`.
  std::optional<int> Wait(std::chrono::milliseconds limit);

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// Runs a command to its end with stdout and stderr kept apart in `scratch`. Throws when it outlasts `limit`.
Finished Run(Command command, const std::filesystem::path& scratch, std::chrono::seconds limit);

// Looks until `condition` holds or `limit` has passed; says which. For states of other processes, which nothing here
// could be told about.
bool Eventually(std::chrono::milliseconds limit, const std::function<bool()>& condition);

// The living children of a process, oldest first.
std::vector<pid_t> ChildrenOf(pid_t parent);

// Whether a process is there and is no zombie.
bool Alive(pid_t process);

std::string ReadWhole(const std::filesystem::path& file);

}  // namespace interneg::e2e

#endif  // INTERNEG_TESTS_E2E_PROGRAM_H_
