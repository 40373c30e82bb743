#include "server/scheduling/bell.h"

#include <thread>

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

TEST(Bell, ARingBeforeTheWaitIsNotSleptOver) {
  Bell bell;
  const auto seen = bell.Rings(Bell::kPlan);
  bell.Ring(Bell::kPlan);
  EXPECT_NE(bell.Wait(Bell::kPlan, seen, std::chrono::hours(1)), seen);
}

TEST(Bell, WakesAWaiterOfItsTopicOnly) {
  Bell bell;
  std::thread waiter([&] { bell.Wait(Bell::kEvents, 0, std::chrono::hours(1)); });
  bell.Ring(Bell::kPlan);
  EXPECT_EQ(bell.Rings(Bell::kEvents), 0U);
  bell.Ring(Bell::kEvents);
  waiter.join();
}

TEST(Bell, CallsListenersUntilTheirSubscriptionEnds) {
  Bell bell;
  int calls = 0;
  auto subscription = bell.Subscribe(Bell::kWorkers, [&] { ++calls; });
  bell.Ring(Bell::kWorkers);
  subscription.reset();
  bell.Ring(Bell::kWorkers);
  EXPECT_EQ(calls, 1);
}

TEST(Bell, RelaysOnlyNewsOfItsOwn) {
  Bell bell;
  int relayed = 0;
  bell.SetRelay([&](Bell::Topic) { ++relayed; });
  bell.Ring(Bell::kPlan);
  bell.RingHere(Bell::kPlan);
  EXPECT_EQ(relayed, 1);
}

}  // namespace
}  // namespace interneg::scheduling
