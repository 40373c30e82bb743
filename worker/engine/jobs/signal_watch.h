// SIGTERM and SIGINT as a word to stop.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SIGNAL_WATCH_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SIGNAL_WATCH_H_

#include <functional>
#include <thread>

#include "worker/engine/jobs/stop_signal.h"

namespace interneg::jobs {

// Blocks SIGTERM and SIGINT for the calling thread and all it starts later, and waits for them in a thread of its own;
// ignores SIGPIPE (a gone reader is an error of write). To be made before any other thread. The first signal requests a
// stop, a second SIGINT calls `kill` on the thread: the person at the terminal does not want to wait.
class SignalWatch {
 public:
  SignalWatch(StopSignal& stop, std::function<void()> kill);
  ~SignalWatch();  // joins the thread; the signals stay blocked
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void Run();

  StopSignal& stop_;
  const std::function<void()> kill_;
  int signals_ = -1;
  int wake_ = -1;
  std::thread thread_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SIGNAL_WATCH_H_
