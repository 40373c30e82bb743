#include "worker/session/lease.h"

#include <gtest/gtest.h>

#include "worker/session/backoff.h"

namespace interneg::session {
namespace {

using supervision::BootTime;
using std::chrono::seconds;

const LeaseTerms kTerms{seconds(5), seconds(30), seconds(900)};
BootTime At(int second) { return BootTime(seconds(second)); }

TEST(Lease, CountsFromWhenTheAcknowledgedMessageWasSent) {
  Lease lease(Lease::Beyond::kMayCompute);
  EXPECT_EQ(lease.PublishUntil(kTerms), std::nullopt);
  lease.Confirm(At(100));
  EXPECT_EQ(lease.PublishUntil(kTerms), At(130));
  EXPECT_EQ(lease.ComputeUntil(kTerms), At(1030));
  lease.Confirm(At(90));
  EXPECT_EQ(lease.PublishUntil(kTerms), At(130));
}

TEST(Lease, TheEngineIsAlwaysAtMostOneLeaseAhead) {
  Lease lease(Lease::Beyond::kMayCompute);
  lease.Confirm(At(100));
  EXPECT_EQ(lease.EngineUntil(kTerms, At(110)), At(140));
  EXPECT_EQ(lease.EngineUntil(kTerms, At(500)), At(530));
  EXPECT_EQ(lease.EngineUntil(kTerms, At(1020)), At(1030));
}

TEST(Lease, PublishingEndsWithTheLease) {
  Lease lease(Lease::Beyond::kMustStop);
  lease.Confirm(At(100));
  EXPECT_EQ(lease.ComputeUntil(kTerms), At(130));
  EXPECT_EQ(lease.EngineUntil(kTerms, At(110)), At(130));
}

TEST(Backoff, DoublesUpToTheLongestAndJittersBelow) {
  double random = 1.0;
  Backoff backoff({seconds(1), seconds(5)}, [&] { return random; });
  EXPECT_EQ(backoff.Next(), seconds(1));
  EXPECT_EQ(backoff.Next(), seconds(2));
  EXPECT_EQ(backoff.Next(), seconds(4));
  EXPECT_EQ(backoff.Next(), seconds(5));
  random = 0.0;
  EXPECT_EQ(backoff.Next(), std::chrono::milliseconds(2500));
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), std::chrono::milliseconds(500));
}

}  // namespace
}  // namespace interneg::session
