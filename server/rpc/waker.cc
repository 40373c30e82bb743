#include "server/rpc/waker.h"

#include <utility>

namespace interneg::rpc {
namespace {

constexpr std::chrono::milliseconds kTick{1'000};
// A storm of rings becomes one round of reads in this time.
constexpr std::chrono::milliseconds kLeastPause{20};

}  // namespace

Waker::Waker(scheduling::Bell& bell, WorkPool& pool) : pool_(pool) {
  for (const auto topic : {scheduling::Bell::kEvents, scheduling::Bell::kProgress}) {
    subscriptions_.push_back(bell.Subscribe(topic, [this] {
      {
        const std::lock_guard lock(mutex_);
        ++rings_;
      }
      changed_.notify_all();
    }));
  }
  thread_ = std::thread([this] { Run(); });
}

Waker::~Waker() {
  Stop();
}

std::uint64_t Waker::rings() const {
  const std::lock_guard lock(mutex_);
  return rings_;
}

void Waker::Park(std::uint64_t seen, std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && rings_ == seen) {
      parked_.push_back(std::move(work));
      return;
    }
  }
  pool_.Post(std::move(work));
}

void Waker::Wait(std::uint64_t seen, std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return rings_ != seen || stopping_; });
}

void Waker::Stop() {
  subscriptions_.clear();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Waker::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Waker::Run() {
  std::unique_lock lock(mutex_);
  std::uint64_t seen = rings_;
  for (bool last = false; !last;) {
    changed_.wait_for(lock, kTick, [&] { return rings_ != seen || stopping_; });
    seen = rings_;
    last = stopping_;
    for (auto& work : std::exchange(parked_, {})) pool_.Post(std::move(work));
    if (!last) changed_.wait_for(lock, kLeastPause, [this] { return stopping_; });
  }
}

}  // namespace interneg::rpc
