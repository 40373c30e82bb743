// Wakes whoever waits for news. A ring says only "look again": it carries nothing, may be lost between replicas and
// may come too often; every listener also looks on its own now and then.
#ifndef INTERNEG_SERVER_SCHEDULING_BELL_H_
#define INTERNEG_SERVER_SCHEDULING_BELL_H_

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace interneg::scheduling {

// Thread-safe. Subscriptions may outlive the bell.
class Bell {
 public:
  enum Topic {
    // Something may be ready to be planned.
    kPlan,
    // Workers' outboxes may have something new.
    kWorkers,
    // Events wait for their positions.
    kUnordered,
    // The feed has new events.
    kEvents,
    // Progress or logs moved.
    kProgress,
  };
  static constexpr int kTopics = 5;

  class Subscription;

  Bell();

  // Wakes all who wait on the topic and calls its listeners, on the caller's thread, and the relay when there is one.
  void Ring(Topic topic);
  // As Ring, for news that another replica has already spread: not relayed again.
  void RingHere(Topic topic);

  // `listener` is called at each ring until the subscription is destroyed, which waits for a call in progress. It
  // must return at once and must not subscribe or unsubscribe.
  std::unique_ptr<Subscription> Subscribe(Topic topic, std::function<void()> listener);

  // How often the topic has been rung. Read it before looking for news, then wait for it to change.
  std::uint64_t Rings(Topic topic) const;
  // Waits until Rings(topic) differs from `seen` or the time is up; returns Rings(topic).
  std::uint64_t Wait(Topic topic, std::uint64_t seen, std::chrono::milliseconds limit) const;

  // Called at each Ring (not RingHere), to spread the news to other replicas. Waits for a call in progress, so that
  // what the old one uses may go afterwards. It must return at once and must not ring.
  void SetRelay(std::function<void(Topic)> relay);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

class Bell::Subscription {
 public:
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  friend class Bell;
  Subscription(std::shared_ptr<State> state, Topic topic, std::uint64_t key);
  std::shared_ptr<State> state_;
  Topic topic_;
  std::uint64_t key_;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_BELL_H_
