// Runs engines on a thread of its own: starts them, reads what they say, renews their leases, ends them.
//
// This module owns engine processes and knows this machine's devices. It knows the engine contract as descriptors,
// lines and signals only: what an event means, the server and the spool are not its business.
#ifndef INTERNEG_WORKER_SUPERVISION_SUPERVISOR_H_
#define INTERNEG_WORKER_SUPERVISION_SUPERVISOR_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "worker/supervision/boot_clock.h"
#include "worker/supervision/engine_process.h"

namespace interneg::supervision {

struct SupervisorSettings {
  EngineLimits limits;
  // A writable cgroup v2 under which each engine gets a group; empty: none.
  std::string control_group_parent;
};

// Methods may be called from any thread, return at once and are carried out in order on the supervisor's thread. An id
// names one engine until its OnEnded; what is asked of an unknown or ended id is ignored.
class Supervisor {
 public:
  // Starts the thread. `clock` and `observer` must outlive the supervisor.
  Supervisor(const Clock& clock, SupervisorSettings settings, EngineObserver& observer);
  // Shutdown().
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Every call ends in exactly one OnEnded, also when the program cannot be executed.
  void Start(std::string id, LaunchPlan plan, BootTime lease_until);
  void Renew(std::string id, BootTime until);
  // One line of the engine contract's commands. Dropped, and told by OnMalformedOutput, when the engine reads none.
  void Command(std::string id, std::string line);
  // SIGTERM, then SIGKILL when `grace` has passed since this call.
  void Stop(std::string id, Duration grace);
  void Kill(std::string id);
  // Looks at the clock again; for clocks that were moved.
  void Wake();
  // Kills and reaps what still runs, tells its OnEnded and joins the thread. May be called twice; not from observers.
  void Shutdown();

 private:
  using Request = std::function<void()>;
  void Post(Request request);
  void Run();
  bool RunRequests();
  void StartNow(const std::string& id, const LaunchPlan& plan, BootTime lease_until);
  std::unique_ptr<ControlGroup> MakeGroup(const std::string& id);
  void WithEngine(const std::string& id, const std::function<void(EngineProcess&)>& action);
  void TurnAll();
  void WaitForWork();
  int WaitLimitMilliseconds() const;
  void KillAll();
  void ReapOrphans();

  const Clock& clock_;
  const SupervisorSettings settings_;
  EngineObserver& observer_;
  FileDescriptor wake_;

  std::mutex mutex_;
  std::vector<Request> requests_;
  bool stopping_ = false;

  // Touched by the thread alone.
  std::vector<std::unique_ptr<EngineProcess>> engines_;
  // Groups of engines that ended, whose orphans may still have to be reaped.
  std::vector<pid_t> dying_groups_;

  std::mutex join_mutex_;
  std::thread thread_;
};

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_SUPERVISOR_H_
