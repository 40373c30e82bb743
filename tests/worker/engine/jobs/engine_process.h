// The built interneg-engine as a daemon starts it: documents in files, events and lease over pipes.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_JOBS_ENGINE_PROCESS_H_
#define INTERNEG_TESTS_WORKER_ENGINE_JOBS_ENGINE_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/engine_event.h"

namespace interneg::jobs {

class EngineProcess {
 public:
  // `arguments` follow the program's name; --events-fd and --lease-fd are added.
  explicit EngineProcess(std::vector<std::string> arguments);
  ~EngineProcess();  // kills it when it still runs
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  // The next event; nothing at the end of the stream.
  std::optional<EngineEvent> Next();
  void Command(const EngineCommand& command);
  void CloseLease();
  void Signal(int number) const;
  // Blocks until it ends. The exit code, or minus the signal that ended it.
  int Wait();
  pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
  int events_ = -1;
  int lease_ = -1;
  std::string unread_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_TESTS_WORKER_ENGINE_JOBS_ENGINE_PROCESS_H_
