#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "worker/engine/jobs/events.h"

namespace interneg::jobs {
namespace {

// Whole or an error: a descriptor that does not block at once is waited for.
int WriteAll(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

Clock BootClock() {
  return [] {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::duration<double>(static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec));
  };
}

LineEventSink::LineEventSink(int descriptor, Clock clock, std::function<void(const std::string&)> lost)
    : descriptor_(descriptor), clock_(std::move(clock)), lost_(std::move(lost)), start_(clock_()) {}

void LineEventSink::Send(EventBody body) {
  int error = 0;
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return;
    error =
        WriteAll(descriptor_, ToJson(EngineEvent{++sequence_, (clock_() - start_).count(), std::move(body)}) + "\n");
    broken_ = error != 0;
  }
  if (error != 0) lost_(std::string("the events' reader is gone: ") + std::strerror(error));
}

}  // namespace interneg::jobs
