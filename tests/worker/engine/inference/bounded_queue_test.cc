#include "worker/engine/inference/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace interneg::inference {
namespace {

TEST(BoundedQueue, KeepsOrderAcrossThreadsAndNeverHoldsMoreThanItsCapacity) {
  BoundedQueue<int> queue(2);
  std::atomic<int> pushed = 0;
  std::jthread writer([&] {
    for (int i = 0; i < 1000; ++i) {
      queue.Push(i);
      ++pushed;
    }
    queue.Close();
  });
  int expected = 0;
  while (auto item = queue.Pop()) {
    EXPECT_EQ(*item, expected);
    ++expected;
    EXPECT_LE(pushed, expected + 3);
  }
  EXPECT_EQ(expected, 1000);
}

TEST(BoundedQueue, ClosedQueueGivesWhatItHoldsAndTakesNoMore) {
  BoundedQueue<int> queue(4);
  queue.Push(1);
  queue.Close();
  EXPECT_FALSE(queue.Push(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

TEST(BoundedQueue, AbandonedQueueWakesAWaitingWriter) {
  BoundedQueue<int> queue(1);
  queue.Push(1);
  std::jthread writer([&] { EXPECT_FALSE(queue.Push(2)); });
  queue.Abandon();
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

}  // namespace
}  // namespace interneg::inference
