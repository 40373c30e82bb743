// A queue between two stages of a pipeline that holds few items, so that a fast stage waits for a slow one.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_BOUNDED_QUEUE_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_BOUNDED_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace interneg::inference {

// Thread-safe; items leave in the order they came.
template <typename Item>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Blocks while the queue is full. False when it was closed or abandoned: the item is dropped.
  bool Push(Item item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }

  // Blocks while the queue is empty. Nothing when it was closed and is empty.
  std::optional<Item> Pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<Item> item(std::move(items_.front()));
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  // No more items come; those inside still leave.
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  // No more items come or leave.
  void Abandon() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    items_.clear();
    changed_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Item> items_;
  bool closed_ = false;
};

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_BOUNDED_QUEUE_H_
