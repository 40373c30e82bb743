#include "worker/supervision/engine_process.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace interneg::supervision {
namespace {

enum class ReadEnd { kMore, kEmpty, kClosed };

// Hands at most `limit` bytes to `take`.
template <typename Take>
ReadEnd Drain(const FileDescriptor& fd, std::size_t limit, Take take) {
  std::array<char, 65536> buffer;
  while (limit > 0) {
    const ssize_t got = read(fd.get(), buffer.data(), std::min(limit, buffer.size()));
    if (got > 0) {
      take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
      limit -= static_cast<std::size_t>(got);
    } else if (got == 0) {
      return ReadEnd::kClosed;
    } else if (errno != EINTR) {
      return errno == EAGAIN || errno == EWOULDBLOCK ? ReadEnd::kEmpty : ReadEnd::kClosed;
    }
  }
  return ReadEnd::kMore;
}

}  // namespace

std::string EngineEnd::Describe() const {
  if (!start_error.empty()) return start_error;
  std::string out = signal ? absl::StrCat("killed by signal ", *signal) : absl::StrCat("exit status ", *exit_code);
  switch (stop_cause) {
    case StopCause::kNone: return out;
    case StopCause::kAsked: return absl::StrCat(out, " after it was asked to stop");
    case StopCause::kGraceOver: return absl::StrCat(out, ": it did not stop within the grace it was given");
    case StopCause::kLeaseOverrun: return absl::StrCat(out, ": it went on after its lease had run out");
    case StopCause::kKilled: return absl::StrCat(out, " by the worker");
  }
  return out;
}

absl::StatusOr<std::unique_ptr<EngineProcess>> EngineProcess::Start(std::string id, const LaunchPlan& plan,
                                                                    BootTime lease_until, const EngineLimits& limits,
                                                                    std::unique_ptr<ControlGroup> group,
                                                                    EngineObserver& observer) {
  absl::StatusOr<LaunchedProgram> program = Launch(plan);
  if (!program.ok()) return program.status();
  if (group) group->Add(program->pid);
  return std::unique_ptr<EngineProcess>(new EngineProcess(std::move(id), std::move(*program), lease_until, limits,
                                                          std::move(group), observer, plan.program));
}

EngineProcess::EngineProcess(std::string id, LaunchedProgram program, BootTime lease_until, const EngineLimits& limits,
                             std::unique_ptr<ControlGroup> group, EngineObserver& observer, std::string program_path)
    : id_(std::move(id)),
      program_path_(std::move(program_path)),
      program_(std::move(program)),
      limits_(limits),
      group_(std::move(group)),
      observer_(observer),
      lines_(
          limits.event_line_bytes, [this](std::string line) { observer_.OnEventLine(id_, std::move(line)); },
          [this](std::size_t bytes) {
            observer_.OnMalformedOutput(id_, absl::StrCat("an event line of ", bytes, " bytes was dropped (limit ",
                                                          limits_.event_line_bytes, ")"));
          }),
      commands_(limits.waiting_commands),
      lease_until_(lease_until) {}

EngineProcess::~EngineProcess() {
  if (reaped_) return;
  Kill(StopCause::kKilled);
  int status = 0;
  while (waitpid(program_.pid, &status, 0) < 0 && errno == EINTR) {
  }
}

void EngineProcess::Renew(BootTime until) {
  lease_until_ = until;
  commands_.Renew(until);
}

absl::Status EngineProcess::Command(std::string line) {
  if (commands_.Push(std::move(line))) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("engine of ", id_, " has ", limits_.waiting_commands,
                                                   " unread commands; the new one was not sent"));
}

void EngineProcess::Stop(BootTime now, Duration grace) {
  const BootTime kill_at = now + std::max(grace, Duration::zero());
  if (!kill_at_) {
    if (stop_cause_ == StopCause::kNone) stop_cause_ = StopCause::kAsked;
    SignalGroup(SIGTERM);
  }
  kill_at_ = kill_at_ ? std::min(*kill_at_, kill_at) : kill_at;
}

void EngineProcess::Kill(StopCause cause) {
  if (stop_cause_ == StopCause::kNone || stop_cause_ == StopCause::kAsked) stop_cause_ = cause;
  killed_ = true;
  SignalGroup(SIGKILL);
  if (group_) group_->Kill();
}

// The leader is not reaped before the end, so its id cannot have become another's.
void EngineProcess::SignalGroup(int number) const {
  if (reaped_) return;
  // Before setsid has run in the child there is no such group yet; then the child alone is the whole of it.
  if (kill(-program_.pid, number) != 0) kill(program_.pid, number);
}

bool EngineProcess::Turn(BootTime now) {
  if (reaped_) return true;
  ReadExecStatus(now);
  const bool ended = HasEnded();
  ReadEvents(limits_.bytes_a_turn);
  ReadLog(limits_.bytes_a_turn);
  if (ended) {
    Reap(now);
    return true;
  }
  EnforceDeadlines(now);
  write_waiting_ = program_.lease.open() && commands_.Flush(program_.lease.get(), now) == CommandQueue::Flushed::kWaiting;
  return false;
}

void EngineProcess::ReadExecStatus(BootTime now) {
  if (!program_.exec_status.open()) return;
  int error = 0;
  const ssize_t got = read(program_.exec_status.get(), &error, sizeof error);
  if (got < 0) return;
  program_.exec_status.Close();
  if (got == static_cast<ssize_t>(sizeof error)) {
    start_error_ = absl::StrCat("cannot execute ", program_path_, ": ", std::strerror(error));
  } else if (got == 0) {
    observer_.OnStarted(id_, program_.pid, now);
  }
}

void EngineProcess::ReadEvents(std::size_t limit_bytes) {
  if (!program_.events.open()) return;
  const auto end = Drain(program_.events, limit_bytes, [this](std::string_view bytes) { lines_.Feed(bytes); });
  if (end == ReadEnd::kClosed) program_.events.Close();
}

void EngineProcess::ReadLog(std::size_t limit_bytes) {
  if (!program_.log.open()) return;
  const auto end = Drain(program_.log, limit_bytes, [this](std::string_view text) { observer_.OnLog(id_, text); });
  if (end == ReadEnd::kClosed) program_.log.Close();
}

void EngineProcess::EnforceDeadlines(BootTime now) {
  if (killed_) return;
  if (kill_at_ && now >= *kill_at_) Kill(StopCause::kGraceOver);
  if (!killed_ && now >= lease_until_ + limits_.lease_overrun) Kill(StopCause::kLeaseOverrun);
}

BootTime EngineProcess::NextDeadline() const {
  if (killed_) return BootTime::max();
  const BootTime overrun = lease_until_ + limits_.lease_overrun;
  return kill_at_ ? std::min(*kill_at_, overrun) : overrun;
}

std::vector<int> EngineProcess::ReadDescriptors() const {
  std::vector<int> out;
  for (const auto* fd : {&program_.exec_status, &program_.events, &program_.log, &program_.ended}) {
    if (fd->open()) out.push_back(fd->get());
  }
  return out;
}

std::optional<int> EngineProcess::WriteDescriptor() const {
  if (!write_waiting_ || !program_.lease.open()) return std::nullopt;
  return program_.lease.get();
}

bool EngineProcess::HasEnded() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(program_.pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == program_.pid;
}

// The group dies while the leader is still a zombie and keeps the id; then what is left in the pipes is handed over.
void EngineProcess::Reap(BootTime now) {
  SignalGroup(SIGKILL);
  if (group_) group_->Kill();
  ReadExecStatus(now);
  constexpr std::size_t kAll = std::size_t{1} << 30;
  ReadEvents(kAll);
  ReadLog(kAll);
  if (lines_.pending_bytes() > 0) {
    observer_.OnMalformedOutput(id_, absl::StrCat("the engine ended within an event line of ", lines_.pending_bytes(),
                                                  " bytes, which was dropped"));
  }
  int status = 0;
  rusage usage{};
  while (wait4(program_.pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  EngineEnd end;
  end.start_error = start_error_;
  if (start_error_.empty() && WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (start_error_.empty() && !WIFSIGNALED(status)) end.exit_code = WEXITSTATUS(status);
  end.stop_cause = stop_cause_;
  end.peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  if (group_) end.peak_memory_bytes = std::max(end.peak_memory_bytes, group_->PeakMemoryBytes());
  end.ended_at = now;
  observer_.OnEnded(id_, end);
}

}  // namespace interneg::supervision
