#include "tests/e2e/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace interneg::e2e {
namespace {

using Clock = std::chrono::steady_clock;

void Redirect(const std::filesystem::path& file, int descriptor) {
  if (file.empty()) return;
  const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (opened < 0 || dup2(opened, descriptor) < 0) _exit(127);
  close(opened);
}

[[noreturn]] void BecomeProgram(const Command& command, std::vector<char*>& arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const auto& [name, value] : command.environment) setenv(name.c_str(), value.c_str(), 1);
  if (!command.working_folder.empty() && chdir(command.working_folder.c_str()) != 0) _exit(127);
  Redirect(command.out, STDOUT_FILENO);
  Redirect(command.err, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

void Pause() { poll(nullptr, 0, 10); }

}  // namespace

Program::Program(const Command& command) {
  std::vector<char*> arguments;
  for (const auto& argument : command.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid_ == 0) BecomeProgram(command, arguments);
}

Program::~Program() {
  if (!Running()) return;
  kill(pid_, SIGKILL);
  kill(pid_, SIGCONT);
  Wait(std::chrono::seconds(10));
}

bool Program::Running() {
  if (exit_code_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void Program::Signal(int signal) const {
  if (!exit_code_) kill(pid_, signal);
}

std::optional<int> Program::Wait(std::chrono::milliseconds limit) {
  Eventually(limit, [this] { return !Running(); });
  return exit_code_;
}

Finished Run(Command command, const std::filesystem::path& scratch, std::chrono::seconds limit) {
  command.out = scratch / "stdout";
  command.err = scratch / "stderr";
  std::filesystem::remove(command.out);
  std::filesystem::remove(command.err);
  Program program(command);
  const auto code = program.Wait(limit);
  Finished finished{code.value_or(-1), ReadWhole(command.out), ReadWhole(command.err)};
  if (!code) {
    throw std::runtime_error(command.arguments[0] + " outlasted " + std::to_string(limit.count()) + " s\n" +
                             finished.out + finished.err);
  }
  return finished;
}

bool Eventually(std::chrono::milliseconds limit, const std::function<bool()>& condition) {
  const auto deadline = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() >= deadline) return false;
    Pause();
  }
  return true;
}

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code error;
  const auto tasks = std::filesystem::path("/proc") / std::to_string(parent) / "task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
    std::istringstream list(ReadWhole(task.path() / "children"));
    for (pid_t child = 0; list >> child;) children.push_back(child);
  }
  return children;
}

bool Alive(pid_t process) {
  const std::string stat = ReadWhole(std::filesystem::path("/proc") / std::to_string(process) / "stat");
  const auto end_of_name = stat.rfind(") ");
  return end_of_name != std::string::npos && stat[end_of_name + 2] != 'Z';
}

std::string ReadWhole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace interneg::e2e
