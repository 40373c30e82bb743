#include "worker/engine/frames/decoder_pool.h"

#include <algorithm>
#include <utility>

namespace interneg::frames {

DecoderPool::DecoderPool(std::shared_ptr<const MovieFile> file, const MovieIndex& index, int most)
    : file_(std::move(file)), index_(index), most_(most) {}

FramePointer DecoderPool::Fetch(int position) {
  auto decoder = Borrow(position);
  try {
    auto picture = decoder->Fetch(position);
    Return(std::move(decoder));
    return picture;
  } catch (...) {
    Return(std::move(decoder));
    throw;
  }
}

std::unique_ptr<MovieDecoder> DecoderPool::Borrow(int position) {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return !idle_.empty() || opened_ < most_; });
  const auto costs_less = [&](const auto& a, const auto& b) { return a->CostOf(position) < b->CostOf(position); };
  auto nearest = std::min_element(idle_.begin(), idle_.end(), costs_less);
  const bool seeks = nearest == idle_.end() || !(*nearest)->IsNear(position);
  if (seeks && opened_ < most_) {
    ++opened_;
    lock.unlock();
    try {
      return std::make_unique<MovieDecoder>(file_, index_);
    } catch (...) {
      lock.lock();
      --opened_;
      returned_.notify_one();
      throw;
    }
  }
  // Whoever must seek takes the place that was left longest ago.
  if (seeks) nearest = idle_.begin();
  auto decoder = std::move(*nearest);
  idle_.erase(nearest);
  return decoder;
}

void DecoderPool::Return(std::unique_ptr<MovieDecoder> decoder) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(decoder));
  }
  returned_.notify_one();
}

}  // namespace interneg::frames
