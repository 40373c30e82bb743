#include "tests/worker/engine/jobs/engine_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace interneg::jobs {

EngineProcess::EngineProcess(std::vector<std::string> arguments) {
  int events[2], lease[2];
  if (::pipe2(events, O_CLOEXEC) != 0 || ::pipe2(lease, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  arguments.insert(arguments.begin(), INTERNEG_ENGINE);
  for (const auto& [name, number] : {std::pair{"--events-fd", events[1]}, std::pair{"--lease-fd", lease[0]}}) {
    arguments.push_back(name);
    arguments.push_back(std::to_string(number));
  }
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  id_ = ::fork();
  if (id_ == 0) {
    ::fcntl(events[1], F_SETFD, 0);
    ::fcntl(lease[0], F_SETFD, 0);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(events[1]);
  ::close(lease[0]);
  events_ = events[0];
  lease_ = lease[1];
}

EngineProcess::~EngineProcess() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    Wait();
  }
  ::close(events_);
  CloseLease();
}

std::optional<EngineEvent> EngineProcess::Next() {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      const auto event = ParseEngineEvent(unread_.substr(0, end));
      unread_.erase(0, end + 1);
      return event;
    }
    char buffer[4096];
    const ssize_t count = ::read(events_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    unread_.append(buffer, static_cast<std::size_t>(count));
  }
}

void EngineProcess::Command(const EngineCommand& command) {
  const auto line = ToJson(command) + "\n";
  if (::write(lease_, line.data(), line.size()) < 0) throw std::runtime_error("write to the lease");
}

void EngineProcess::CloseLease() {
  if (lease_ >= 0) ::close(lease_);
  lease_ = -1;
}

void EngineProcess::Signal(int number) const {
  ::kill(id_, number);
}

int EngineProcess::Wait() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace interneg::jobs
