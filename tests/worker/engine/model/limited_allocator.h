// A device that runs out of memory: LibTorch's own allocator on the CPU, replaced for as long as this lives by one that
// refuses whatever is larger than a limit, with the message of the real one.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_MODEL_LIMITED_ALLOCATOR_H_
#define INTERNEG_TESTS_WORKER_ENGINE_MODEL_LIMITED_ALLOCATOR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <c10/core/CPUAllocator.h>

namespace interneg::model {

class LimitedAllocator : public c10::Allocator {
 public:
  // Without a limit it only watches.
  explicit LimitedAllocator(std::size_t largest_bytes = std::numeric_limits<std::size_t>::max())
      : real_(c10::GetCPUAllocator()), largest_(largest_bytes) {
    c10::SetCPUAllocator(this, kPriority);
  }
  ~LimitedAllocator() override { c10::SetCPUAllocator(real_, kPriority); }
  // No `override`: LibTorch 1.13 has the first alone, 2.3 and later the other two.
  c10::DataPtr allocate(std::size_t bytes) const { return Limited(bytes); }
  c10::DataPtr allocate(std::size_t bytes) { return Limited(bytes); }
  void copy_data(void* to, const void* from, std::size_t bytes) const { std::memcpy(to, from, bytes); }
  std::size_t largest_seen() const { return seen_; }
  std::size_t total_bytes() const { return total_; }
  c10::DeleterFnPtr raw_deleter() const override { return real_->raw_deleter(); }

 private:
  c10::DataPtr Limited(std::size_t bytes) const {
    TORCH_CHECK(bytes <= largest_, "DefaultCPUAllocator: can't allocate memory: you tried to allocate ", bytes,
                " bytes. Error code 12 (Cannot allocate memory)");
    total_ += bytes;
    std::size_t seen = seen_;
    while (bytes > seen && !seen_.compare_exchange_weak(seen, bytes)) {
    }
    return real_->allocate(bytes);
  }

  static constexpr std::uint8_t kPriority = 255;
  c10::Allocator* real_;
  std::size_t largest_;
  mutable std::atomic<std::size_t> seen_ = 0;
  mutable std::atomic<std::size_t> total_ = 0;
};

}  // namespace interneg::model

#endif  // INTERNEG_TESTS_WORKER_ENGINE_MODEL_LIMITED_ALLOCATOR_H_
