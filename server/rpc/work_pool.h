// Threads that run handlers, so that no transport's own thread ever waits for the database.
#ifndef INTERNEG_SERVER_RPC_WORK_POOL_H_
#define INTERNEG_SERVER_RPC_WORK_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace interneg::rpc {

// Thread-safe.
class WorkPool {
 public:
  WorkPool(int threads, std::size_t queue_limit);
  ~WorkPool();  // stops

  // False when the queue is full: the caller refuses the call with RESOURCE_EXHAUSTED.
  bool TryPost(std::function<void()> work);

  // For the next step of what was admitted already (one at most for each open stream); never refused.
  void Post(std::function<void()> work);

  // Blocks until everything that was posted has run. Called twice, or before anything was posted: returns at once.
  // Nothing may be posted afterwards but by the work that still runs.
  void Stop();

 private:
  void Run();

  const std::size_t queue_limit_;
  std::mutex mutex_;  // guards the queue and stopping_
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WORK_POOL_H_
