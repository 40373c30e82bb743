#include "worker/supervision/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace interneg::supervision {
namespace {

// How often to ask where nothing tells: engines without pidfd, orphans on their way out.
constexpr int kAskAgainMilliseconds = 20;
// CLOCK_BOOTTIME may move without poll's notice (suspend); deadlines are looked at again at least this often.
constexpr int kLookAgainMilliseconds = 1000;

}  // namespace

Supervisor::Supervisor(const Clock& clock, SupervisorSettings settings, EngineObserver& observer)
    : clock_(clock), settings_(std::move(settings)), observer_(observer), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  thread_ = std::thread([this] { Run(); });
}

Supervisor::~Supervisor() { Shutdown(); }

void Supervisor::Start(std::string id, LaunchPlan plan, BootTime lease_until) {
  Post([this, id = std::move(id), plan = std::move(plan), lease_until] { StartNow(id, plan, lease_until); });
}

void Supervisor::Renew(std::string id, BootTime until) {
  Post([this, id = std::move(id), until] { WithEngine(id, [&](EngineProcess& e) { e.Renew(until); }); });
}

void Supervisor::Command(std::string id, std::string line) {
  Post([this, id = std::move(id), line = std::move(line)] {
    WithEngine(id, [&](EngineProcess& e) {
      if (const auto status = e.Command(line); !status.ok()) {
        observer_.OnMalformedOutput(id, std::string(status.message()));
      }
    });
  });
}

void Supervisor::Stop(std::string id, Duration grace) {
  Post([this, id = std::move(id), grace, now = clock_.Now()] {
    WithEngine(id, [&](EngineProcess& e) { e.Stop(now, grace); });
  });
}

void Supervisor::Kill(std::string id) {
  Post([this, id = std::move(id)] {
    WithEngine(id, [](EngineProcess& e) { e.Kill(StopCause::kKilled); });
  });
}

void Supervisor::Wake() {
  const std::uint64_t one = 1;
  (void)!write(wake_.get(), &one, sizeof one);
}

void Supervisor::Shutdown() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  Wake();
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void Supervisor::Post(Request request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  Wake();
}

void Supervisor::Run() {
  // Writing to an engine that has gone raises SIGPIPE; blocked here, it is only an error code.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (RunRequests()) {
    TurnAll();
    WaitForWork();
  }
  KillAll();
}

// False when the supervisor is to stop.
bool Supervisor::RunRequests() {
  std::vector<Request> requests;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    requests.swap(requests_);
    stopping = stopping_;
  }
  for (const Request& request : requests) request();
  return !stopping;
}

void Supervisor::StartNow(const std::string& id, const LaunchPlan& plan, BootTime lease_until) {
  auto engine = EngineProcess::Start(id, plan, lease_until, settings_.limits, MakeGroup(id), observer_);
  if (engine.ok()) {
    engines_.push_back(std::move(*engine));
    return;
  }
  EngineEnd end;
  end.start_error = std::string(engine.status().message());
  end.ended_at = clock_.Now();
  observer_.OnEnded(id, end);
}

// Going without is no failure: session, group and PDEATHSIG hold an engine that does not try to escape.
std::unique_ptr<ControlGroup> Supervisor::MakeGroup(const std::string& id) {
  if (settings_.control_group_parent.empty()) return nullptr;
  auto group = ControlGroup::Make(settings_.control_group_parent, "interneg-" + id);
  return group.ok() ? std::move(*group) : nullptr;
}

void Supervisor::WithEngine(const std::string& id, const std::function<void(EngineProcess&)>& action) {
  for (const auto& engine : engines_) {
    if (engine->id() == id) action(*engine);
  }
}

void Supervisor::TurnAll() {
  std::erase_if(engines_, [&](const std::unique_ptr<EngineProcess>& engine) {
    if (!engine->Turn(clock_.Now())) return false;
    dying_groups_.push_back(engine->pid());
    return true;
  });
  ReapOrphans();
}

// Where the daemon is a subreaper, the grandchildren of an engine become its children.
void Supervisor::ReapOrphans() {
  std::erase_if(dying_groups_, [](pid_t group) {
    pid_t reaped = 0;
    do {
      reaped = waitpid(-group, nullptr, WNOHANG);
    } while (reaped > 0);
    return reaped < 0;
  });
}

void Supervisor::WaitForWork() {
  std::vector<pollfd> waits = {{wake_.get(), POLLIN, 0}};
  for (const auto& engine : engines_) {
    for (const int fd : engine->ReadDescriptors()) waits.push_back({fd, POLLIN, 0});
    if (const auto fd = engine->WriteDescriptor()) waits.push_back({*fd, POLLOUT, 0});
  }
  poll(waits.data(), waits.size(), WaitLimitMilliseconds());
  std::uint64_t count = 0;
  (void)!read(wake_.get(), &count, sizeof count);
}

int Supervisor::WaitLimitMilliseconds() const {
  int limit = kLookAgainMilliseconds;
  if (!dying_groups_.empty()) limit = kAskAgainMilliseconds;
  const BootTime now = clock_.Now();
  for (const auto& engine : engines_) {
    if (!engine->EndIsSignalled()) limit = std::min(limit, kAskAgainMilliseconds);
    if (engine->NextDeadline() <= now) return 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(engine->NextDeadline() - now).count();
    limit = static_cast<int>(std::min<std::int64_t>(left, limit));
  }
  return limit;
}

// SIGKILL cannot be refused, so this ends as soon as the kernel has taken the processes down.
void Supervisor::KillAll() {
  for (const auto& engine : engines_) engine->Kill(StopCause::kKilled);
  while (!engines_.empty()) {
    TurnAll();
    if (!engines_.empty()) WaitForWork();
  }
  ReapOrphans();
}

}  // namespace interneg::supervision
