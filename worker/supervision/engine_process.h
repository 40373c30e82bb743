// One engine from its start to the moment when nothing of it is left.
#ifndef INTERNEG_WORKER_SUPERVISION_ENGINE_PROCESS_H_
#define INTERNEG_WORKER_SUPERVISION_ENGINE_PROCESS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/supervision/boot_clock.h"
#include "worker/supervision/command_queue.h"
#include "worker/supervision/control_group.h"
#include "worker/supervision/launch.h"
#include "worker/supervision/line_splitter.h"

namespace interneg::supervision {

struct EngineLimits {
  std::size_t event_line_bytes = 8U << 20;
  std::size_t waiting_commands = 64;
  // What one engine may hand over in one turn, so that a talkative one does not starve the others.
  std::size_t bytes_a_turn = 256U << 10;
  // An engine stops itself when its lease has run out; this long after, it is killed.
  Duration lease_overrun = std::chrono::seconds(60);
};

// What made the supervisor stop an engine, the first cause.
enum class StopCause { kNone, kAsked, kGraceOver, kLeaseOverrun, kKilled };

// How an engine ended. Exactly one of `start_error`, `exit_code`, `signal` is set.
struct EngineEnd {
  // Not empty: the program was never executed; says why.
  std::string start_error;
  std::optional<int> exit_code;
  std::optional<int> signal;
  StopCause stop_cause = StopCause::kNone;
  // Greatest resident set, of the process or (where a control group was allowed) of the group.
  std::uint64_t peak_memory_bytes = 0;
  BootTime ended_at;

  // For people: "exit status 134", "killed by signal 9", "cannot execute …: …".
  std::string Describe() const;
};

// Told on the supervisor's thread; must not block and must not call back into the process.
class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  // execve succeeded; `when` is when the parent saw it.
  virtual void OnStarted(const std::string& id, pid_t pid, BootTime when) = 0;
  // One line from the events descriptor, without newline, not parsed.
  virtual void OnEventLine(const std::string& id, std::string line) = 0;
  // A line beyond the limit, or one without its end when the engine ended.
  virtual void OnMalformedOutput(const std::string& id, const std::string& what) = 0;
  virtual void OnLog(const std::string& id, std::string_view text) = 0;
  // The last word about this id: the process is reaped and its output has been handed over.
  virtual void OnEnded(const std::string& id, const EngineEnd& end) = 0;
};

// Driven by one thread, the one that must not end before the engine (see Launch).
class EngineProcess {
 public:
  // Launches; `lease_until` is the first deadline. Errors as Launch.
  static absl::StatusOr<std::unique_ptr<EngineProcess>> Start(std::string id, const LaunchPlan& plan,
                                                              BootTime lease_until, const EngineLimits& limits,
                                                              std::unique_ptr<ControlGroup> group,
                                                              EngineObserver& observer);
  // Kills and reaps whatever is left.
  ~EngineProcess();
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  const std::string& id() const { return id_; }
  pid_t pid() const { return program_.pid; }

  void Renew(BootTime until);
  // RESOURCE_EXHAUSTED when the engine has not read the commands before.
  absl::Status Command(std::string line);
  // SIGTERM now, SIGKILL when `grace` has passed. A second call can only shorten the grace.
  void Stop(BootTime now, Duration grace);
  // SIGKILL to the whole group.
  void Kill(StopCause cause);

  // Reads, writes and enforces deadlines, as far as possible without waiting. True when the process is reaped and
  // OnEnded has been called.
  bool Turn(BootTime now);
  // When Turn must be called even if no descriptor is ready.
  BootTime NextDeadline() const;
  // Descriptors whose readiness calls for a Turn.
  std::vector<int> ReadDescriptors() const;
  std::optional<int> WriteDescriptor() const;
  // False where the end is told by no descriptor and has to be asked for.
  bool EndIsSignalled() const { return program_.ended.open(); }

 private:
  EngineProcess(std::string id, LaunchedProgram program, BootTime lease_until, const EngineLimits& limits,
                std::unique_ptr<ControlGroup> group, EngineObserver& observer, std::string program_path);
  void ReadExecStatus(BootTime now);
  void ReadEvents(std::size_t limit_bytes);
  void ReadLog(std::size_t limit_bytes);
  void EnforceDeadlines(BootTime now);
  void SignalGroup(int number) const;
  bool HasEnded() const;
  void Reap(BootTime now);

  const std::string id_;
  const std::string program_path_;
  LaunchedProgram program_;
  const EngineLimits limits_;
  std::unique_ptr<ControlGroup> group_;
  EngineObserver& observer_;
  LineSplitter lines_;
  CommandQueue commands_;
  bool write_waiting_ = false;
  BootTime lease_until_;
  std::optional<BootTime> kill_at_;
  StopCause stop_cause_ = StopCause::kNone;
  std::string start_error_;
  bool killed_ = false;
  bool reaped_ = false;
};

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_ENGINE_PROCESS_H_
