#include "worker/supervision/launch.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace interneg::supervision {
namespace {

constexpr int kStatusFd = 5;
// The child first moves its descriptors above every number that it will assign.
constexpr int kParkingFd = 16;
constexpr int kExecFailed = 127;

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

absl::StatusOr<Pipe> OpenPipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("pipe for an engine: ", std::strerror(errno)));
  }
  return Pipe{FileDescriptor(fds[0]), FileDescriptor(fds[1])};
}

void SetNonBlocking(const FileDescriptor& fd) { fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// Prepared before the fork: between fork and execve of a program with threads only async-signal-safe calls are allowed.
struct ChildPlan {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* working_folder;
  const cpu_set_t* cpus;
  pid_t parent;
  int null_in, log, events, lease, status;
};

[[noreturn]] void FailChild(int status_fd) {
  const int error = errno;
  (void)!write(status_fd, &error, sizeof error);
  _exit(kExecFailed);
}

void ResetSignals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Memory that runs out should end an engine, not the daemon that would report it.
void OfferToOutOfMemoryKiller() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!write(fd, "500", 3);
  close(fd);
}

void CloseFrom(int first) {
  if (syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t end = limit.rlim_cur < 65536 ? limit.rlim_cur : 65536;
  for (rlim_t fd = static_cast<rlim_t>(first); fd < end; ++fd) close(static_cast<int>(fd));
}

void PlaceDescriptors(const ChildPlan& plan) {
  const int status = fcntl(plan.status, F_DUPFD_CLOEXEC, kParkingFd);
  if (status < 0) FailChild(plan.status);
  const std::pair<int, int> places[] = {{plan.null_in, 0}, {plan.log, 1},          {plan.log, 2},
                                        {plan.events, kEventsFd}, {plan.lease, kLeaseFd}};
  int parked[5];
  for (int i = 0; i < 5; ++i) {
    parked[i] = fcntl(places[i].first, F_DUPFD_CLOEXEC, kParkingFd);
    if (parked[i] < 0) FailChild(status);
  }
  for (int i = 0; i < 5; ++i) {
    if (dup2(parked[i], places[i].second) < 0) FailChild(status);
  }
  if (dup3(status, kStatusFd, O_CLOEXEC) < 0) FailChild(status);
  CloseFrom(kStatusFd + 1);
}

[[noreturn]] void RunChild(const ChildPlan& plan) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the line above; then nobody is left to send the signal.
  if (getppid() != plan.parent) _exit(kExecFailed);
  ResetSignals();
  if (setsid() < 0) FailChild(plan.status);
  OfferToOutOfMemoryKiller();
  if (plan.cpus != nullptr && sched_setaffinity(0, sizeof(cpu_set_t), plan.cpus) != 0) FailChild(plan.status);
  if (chdir(plan.working_folder) != 0) FailChild(plan.status);
  PlaceDescriptors(plan);
  execve(plan.program, plan.arguments, plan.environment);
  FailChild(kStatusFd);
}

cpu_set_t CpuSet(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) {
    if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
  }
  return set;
}

// With every signal blocked over the fork, no handler of the parent can run in the child.
pid_t ForkChild(const ChildPlan& plan) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) RunChild(plan);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

}  // namespace

absl::StatusOr<LaunchedProgram> Launch(const LaunchPlan& plan) {
  FileDescriptor null_in(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null_in.open()) return absl::ResourceExhaustedError(absl::StrCat("/dev/null: ", std::strerror(errno)));
  absl::StatusOr<Pipe> events = OpenPipe(), lease = OpenPipe(), log = OpenPipe(), status = OpenPipe();
  for (const auto* pipe : {&events, &lease, &log, &status}) {
    if (!pipe->ok()) return pipe->status();
  }
  std::vector<std::string> argument_texts = {plan.program};
  argument_texts.insert(argument_texts.end(), plan.arguments.begin(), plan.arguments.end());
  const std::vector<char*> arguments = Pointers(argument_texts);
  const std::vector<char*> environment = Pointers(plan.environment);
  const cpu_set_t cpus = CpuSet(plan.cpus);
  const std::string folder = plan.working_folder.empty() ? "/" : plan.working_folder;
  const pid_t pid = ForkChild({plan.program.c_str(), arguments.data(), environment.data(), folder.c_str(),
                               plan.cpus.empty() ? nullptr : &cpus, getpid(), null_in.get(), log->write.get(),
                               events->write.get(), lease->read.get(), status->write.get()});
  if (pid < 0) return absl::ResourceExhaustedError(absl::StrCat("fork for an engine: ", std::strerror(errno)));
  for (const auto* end : {&events->read, &lease->write, &log->read, &status->read}) SetNonBlocking(*end);
  LaunchedProgram out;
  out.pid = pid;
  out.events = std::move(events->read);
  out.lease = std::move(lease->write);
  out.log = std::move(log->read);
  out.exec_status = std::move(status->read);
  out.ended = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  return out;
}

}  // namespace interneg::supervision
