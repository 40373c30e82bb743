// Where the threads of streams, couriers and engines leave work for the session's own thread.
#ifndef INTERNEG_WORKER_SESSION_INBOX_H_
#define INTERNEG_WORKER_SESSION_INBOX_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "worker/supervision/boot_clock.h"

namespace interneg::session {

// Post and Wake may be called from any thread, RunFor from one. Bounded by who posts: each source has at most a few
// pieces of work outstanding.
class Inbox {
 public:
  using Work = std::function<void()>;

  void Post(Work work) {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    changed_.notify_all();
  }
  void Wake() { Post([] {}); }

  // Waits at most `wait` for work, then does all there is.
  void RunFor(supervision::Duration wait) {
    std::vector<Work> work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, wait, [this] { return !work_.empty(); });
      work.swap(work_);
    }
    for (const Work& piece : work) piece();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Work> work_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_INBOX_H_
