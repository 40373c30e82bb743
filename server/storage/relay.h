// Carries the bell to other replicas and theirs here, by NOTIFY and LISTEN.
#ifndef INTERNEG_SERVER_STORAGE_RELAY_H_
#define INTERNEG_SERVER_STORAGE_RELAY_H_

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "server/scheduling/bell.h"

namespace interneg::storage {

// Two threads of its own with one connection each. News is best effort: after a broken connection it tries again once
// a second, and whoever listens to the bell also looks on its own.
class Relay {
 public:
  Relay(std::string connection, scheduling::Bell& bell);
  ~Relay();  // stops both threads
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

 private:
  void Send();
  void SendUntilBroken();
  void Listen();
  void ListenUntilBroken();
  void Pause();

  const std::string connection_;
  scheduling::Bell& bell_;
  // Tells this relay's own notifications from others'.
  const std::string origin_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<scheduling::Bell::Topic> unsent_;  // guarded by mutex_
  std::atomic<bool> stopping_{false};
  std::thread sender_;
  std::thread listener_;
};

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_RELAY_H_
