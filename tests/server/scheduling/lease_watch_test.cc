#include "server/scheduling/lease_watch.h"

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

using std::chrono::seconds;

LeaseSighting Running(std::uint64_t renewals) { return {{"t", 1}, AttemptState::kRunning, renewals}; }

class LeaseWatchTest : public ::testing::Test {
 protected:
  // What the watch finds silent when the lease is seen every second until `until`.
  std::size_t SeenUntil(const LeaseSighting& lease, seconds until) {
    std::size_t silent = 0;
    for (; now_ <= start_ + until; now_ += seconds(1)) silent = watch_.Observe({lease}, now_).size();
    return silent;
  }
  const Monotonic start_{};
  Monotonic now_{};
  LeaseWatch watch_{seconds(20), seconds(10)};
};

TEST_F(LeaseWatchTest, ExpiresALeaseOnlyAfterItsOwnWatchSawItSilent) {
  EXPECT_EQ(SeenUntil(Running(3), seconds(19)), 0U);
  EXPECT_EQ(SeenUntil(Running(3), seconds(20)), 1U);
}

TEST_F(LeaseWatchTest, ARenewalBeginsTheSilenceAnew) {
  EXPECT_EQ(SeenUntil(Running(3), seconds(15)), 0U);
  EXPECT_EQ(SeenUntil(Running(4), seconds(34)), 0U);
  EXPECT_EQ(SeenUntil(Running(4), seconds(36)), 1U);
}

// The watch did not look while the database or the leader itself was away: nobody could have renewed, or the renewal
// was not seen. Neither may cost a healthy attempt its lease.
TEST_F(LeaseWatchTest, AnOutageOfTheWatcherExpiresNothing) {
  EXPECT_EQ(SeenUntil(Running(3), seconds(5)), 0U);
  now_ = start_ + seconds(600);
  EXPECT_TRUE(watch_.Observe({Running(3)}, now_).empty());
}

TEST_F(LeaseWatchTest, OffersHaveAShorterPatience) {
  const LeaseSighting offer{{"t", 1}, AttemptState::kOffered, 0};
  EXPECT_EQ(SeenUntil(offer, seconds(9)), 0U);
  EXPECT_EQ(SeenUntil(offer, seconds(10)), 1U);
  watch_.Forget();
  EXPECT_TRUE(watch_.Observe({offer}, now_).empty());
}

}  // namespace
}  // namespace interneg::scheduling
