#include "worker/supervision/command_queue.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_format.h"

namespace interneg::supervision {

bool CommandQueue::Push(std::string line) {
  if (waiting_.size() >= limit_) return false;
  waiting_.push_back(std::move(line));
  return true;
}

std::optional<std::string> CommandQueue::NextLine(BootTime now) {
  // Renewals go first: an engine must not starve behind adjustments.
  if (renew_until_) {
    const double seconds = std::max(0.0, ToSeconds(*std::exchange(renew_until_, std::nullopt) - now));
    return absl::StrFormat("{\"renew\":{\"seconds\":%.6f}}\n", seconds);
  }
  if (waiting_.empty()) return std::nullopt;
  std::string line = std::move(waiting_.front()) + "\n";
  waiting_.pop_front();
  return line;
}

CommandQueue::Flushed CommandQueue::Flush(int fd, BootTime now) {
  while (true) {
    if (partial_.empty()) {
      std::optional<std::string> line = NextLine(now);
      if (!line) return Flushed::kAll;
      partial_ = std::move(*line);
    }
    const ssize_t written = write(fd, partial_.data(), partial_.size());
    if (written >= 0) {
      partial_.erase(0, static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Flushed::kWaiting;
    } else if (errno != EINTR) {
      return Flushed::kClosed;
    }
  }
}

}  // namespace interneg::supervision
