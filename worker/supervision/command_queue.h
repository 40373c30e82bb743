// Commands on their way to one engine: written without ever blocking, bounded while the engine does not read.
#ifndef INTERNEG_WORKER_SUPERVISION_COMMAND_QUEUE_H_
#define INTERNEG_WORKER_SUPERVISION_COMMAND_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "worker/supervision/boot_clock.h"

namespace interneg::supervision {

// Not synchronised.
class CommandQueue {
 public:
  explicit CommandQueue(std::size_t limit) : limit_(limit) {}

  // The newest renewal replaces one that has not been written yet.
  void Renew(BootTime until) { renew_until_ = until; }
  // A line without newline. False when `limit` commands are already waiting; then it is not queued.
  bool Push(std::string line);

  enum class Flushed {
    kAll,
    // The pipe is full; wait until it can be written.
    kWaiting,
    // The reader is gone.
    kClosed,
  };
  // Writes what fits. A renewal's seconds count from `now`; one that is already over is written as 0.
  Flushed Flush(int fd, BootTime now);

 private:
  std::optional<std::string> NextLine(BootTime now);

  const std::size_t limit_;
  std::optional<BootTime> renew_until_;
  std::deque<std::string> waiting_;
  // What is left of a line that was written in part.
  std::string partial_;
};

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_COMMAND_QUEUE_H_
