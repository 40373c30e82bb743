#include "client/cli/interruption.h"

namespace interneg::cli {

Interruption::Listener::Listener(Interruption& interruption, std::function<void()> listener)
    : interruption_(interruption) {
  const std::lock_guard lock(interruption_.mutex_);
  if (interruption_.requested_) listener();
  position_ = interruption_.listeners_.insert(interruption_.listeners_.end(), std::move(listener));
}

Interruption::Listener::~Listener() {
  const std::lock_guard lock(interruption_.mutex_);
  interruption_.listeners_.erase(position_);
}

bool Interruption::Request() {
  const std::lock_guard lock(mutex_);
  if (requested_ || (listeners_.empty() && sleepers_ == 0)) return false;
  requested_ = true;
  for (const auto& listener : listeners_) listener();
  changed_.notify_all();
  return true;
}

bool Interruption::requested() const {
  const std::lock_guard lock(mutex_);
  return requested_;
}

bool Interruption::SleepFor(std::chrono::duration<double> time) {
  std::unique_lock lock(mutex_);
  ++sleepers_;
  changed_.wait_for(lock, time, [&] { return requested_; });
  --sleepers_;
  return requested_;
}

}  // namespace interneg::cli
