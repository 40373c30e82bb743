#include "server/scheduling/bell.h"

#include <utility>

namespace interneg::scheduling {

struct Bell::State {
  // Held while listeners run, so that a subscription's end waits for them; never taken together with `mutex`.
  std::mutex calling;
  std::array<std::map<std::uint64_t, std::function<void()>>, kTopics> listeners;  // guarded by calling
  std::uint64_t next_key = 1;                                                    // guarded by calling

  std::function<void(Topic)> relay;                                               // guarded by calling

  mutable std::mutex mutex;
  mutable std::condition_variable rung;
  std::array<std::uint64_t, kTopics> rings{};  // guarded by mutex
};

Bell::Bell() : state_(std::make_shared<State>()) {}

void Bell::Ring(Topic topic) {
  RingHere(topic);
  const std::lock_guard lock(state_->calling);
  if (state_->relay) state_->relay(topic);
}

void Bell::RingHere(Topic topic) {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->rings[topic];
  }
  state_->rung.notify_all();
  const std::lock_guard lock(state_->calling);
  for (const auto& [key, listener] : state_->listeners[topic]) listener();
}

std::unique_ptr<Bell::Subscription> Bell::Subscribe(Topic topic, std::function<void()> listener) {
  const std::lock_guard lock(state_->calling);
  const std::uint64_t key = state_->next_key++;
  state_->listeners[topic].emplace(key, std::move(listener));
  return std::unique_ptr<Subscription>(new Subscription(state_, topic, key));
}

std::uint64_t Bell::Rings(Topic topic) const {
  const std::lock_guard lock(state_->mutex);
  return state_->rings[topic];
}

std::uint64_t Bell::Wait(Topic topic, std::uint64_t seen, std::chrono::milliseconds limit) const {
  std::unique_lock lock(state_->mutex);
  state_->rung.wait_for(lock, limit, [&] { return state_->rings[topic] != seen; });
  return state_->rings[topic];
}

void Bell::SetRelay(std::function<void(Topic)> relay) {
  const std::lock_guard lock(state_->calling);
  state_->relay = std::move(relay);
}

Bell::Subscription::Subscription(std::shared_ptr<State> state, Topic topic, std::uint64_t key)
    : state_(std::move(state)), topic_(topic), key_(key) {}

Bell::Subscription::~Subscription() {
  const std::lock_guard lock(state_->calling);
  state_->listeners[topic_].erase(key_);
}

}  // namespace interneg::scheduling
