// Wakes streams that have nothing to send: when the bell rings for events or progress, and once a second.
#ifndef INTERNEG_SERVER_RPC_WAKER_H_
#define INTERNEG_SERVER_RPC_WAKER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/rpc/work_pool.h"
#include "server/scheduling/bell.h"

namespace interneg::rpc {

// Thread-safe.
class Waker {
 public:
  Waker(scheduling::Bell& bell, WorkPool& pool);
  ~Waker();  // stops

  // How often it has been rung; read before looking for news.
  std::uint64_t rings() const;

  // Runs `work` on the pool exactly once: at the next ring or tick, or at once when it was rung since `seen` was read,
  // or has been stopped.
  void Park(std::uint64_t seen, std::function<void()> work);

  // Blocks until it is rung after `seen` was read, is stopped, or `limit` has passed; for threads of their own.
  void Wait(std::uint64_t seen, std::chrono::milliseconds limit) const;

  // Wakes everyone and ends the thread. Twice is harmless.
  void Stop();
  bool stopping() const;

 private:
  void Run();

  WorkPool& pool_;
  mutable std::mutex mutex_;  // guards the next three
  mutable std::condition_variable changed_;
  std::vector<std::function<void()>> parked_;
  std::uint64_t rings_ = 0;
  bool stopping_ = false;
  std::vector<std::unique_ptr<scheduling::Bell::Subscription>> subscriptions_;
  std::thread thread_;
};

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WAKER_H_
