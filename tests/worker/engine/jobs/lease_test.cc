#include "worker/engine/jobs/lease.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <string>
#include <vector>

namespace interneg::jobs {
namespace {

TEST(Lease, IsAskedToStopBeforeItExpires) {
  const Lease lease(Seconds(100), Seconds(10));
  EXPECT_FALSE(lease.ShouldStop(Seconds(107.9)));
  EXPECT_TRUE(lease.ShouldStop(Seconds(108)));
  EXPECT_FALSE(lease.Expired(Seconds(109.9)));
  EXPECT_TRUE(lease.Expired(Seconds(110)));
}

TEST(Lease, RenewalMovesTheDeadline) {
  Lease lease(Seconds(0), Seconds(4));
  lease.Renew(Seconds(2), Seconds(4));
  EXPECT_FALSE(lease.ShouldStop(Seconds(4.9)));
  EXPECT_TRUE(lease.Expired(Seconds(6)));
}

TEST(Lease, ExpiredLeaseIsNotRevivedByALateRenewal) {
  Lease lease(Seconds(1), Seconds(4));
  lease.Renew(Seconds(6), Seconds(100));
  EXPECT_TRUE(lease.Expired(Seconds(6)));
}

TEST(Lease, EndOfFileLeavesTheMarginAtMost) {
  Lease lease(Seconds(0), Seconds(60));
  lease.Lose(Seconds(1));
  EXPECT_TRUE(lease.ShouldStop(Seconds(1)));
  EXPECT_FALSE(lease.Expired(Seconds(2.9)));
  EXPECT_TRUE(lease.Expired(Seconds(3)));
  lease.Renew(Seconds(1.5), Seconds(60));
  EXPECT_TRUE(lease.Expired(Seconds(3)));
}

// A pipe, a clock of the test's own, and a promise that the kill keeps.
class LeaseWatchTest : public testing::Test {
 protected:
  LeaseWatchTest() { EXPECT_EQ(::pipe(pipe_), 0); }
  ~LeaseWatchTest() override {
    ::close(pipe_[0]);
    CloseWriter();
  }
  void Say(const std::string& line) {
    const std::string text = line + "\n";
    EXPECT_EQ(::write(pipe_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void CloseWriter() {
    if (pipe_[1] >= 0) ::close(pipe_[1]);
    pipe_[1] = -1;
  }
  std::unique_ptr<LeaseWatch> Watch(double seconds) {
    return std::make_unique<LeaseWatch>(
        pipe_[0], Seconds(seconds), [this] { return Seconds(now_.load()); }, stop_, [this] { killed_.set_value(); },
        [this](const std::string& text) { complaints_.set_value(text); });
  }
  int pipe_[2] = {-1, -1};
  std::atomic<double> now_{0};
  StopSignal stop_;
  std::promise<void> killed_;
  std::promise<std::string> complaints_;
};

TEST_F(LeaseWatchTest, KillsAtTheDeadlineWithoutRenewal) {
  const auto watch = Watch(10);
  now_ = 11;
  Say("{}");  // wakes the thread, whatever it says
  killed_.get_future().wait();
  EXPECT_EQ(stop_.reason(), StopReason::kLeaseLost);
}

TEST_F(LeaseWatchTest, EndOfFileStopsAndThenKills) {
  const auto watch = Watch(1000);
  CloseWriter();
  while (!stop_.requested()) std::this_thread::yield();
  EXPECT_EQ(stop_.reason(), StopReason::kLeaseLost);
  now_ = 3;
  killed_.get_future().wait();
}

TEST_F(LeaseWatchTest, AdjustmentsWaitInTheirOrder) {
  const auto watch = Watch(1000);
  Say(R"({"adjust":{"adjustmentNo":1,"steps":500}})");
  Say(R"({"renew":{"seconds":30}})");
  Say(R"({"adjust":{"adjustmentNo":2,"learningRate":0.5}})");
  std::vector<AdjustTraining> taken;
  while (taken.size() < 2) {
    if (auto next = watch->TakeAdjustment()) taken.push_back(*next);
  }
  EXPECT_EQ(taken[0].steps, 500U);
  EXPECT_EQ(taken[1].learning_rate, 0.5);
  EXPECT_FALSE(stop_.requested());
}

TEST_F(LeaseWatchTest, UnreadableCommandIsReportedAndPassedOver) {
  const auto watch = Watch(1000);
  Say(R"({"renw":{"seconds":30}})");
  EXPECT_NE(complaints_.get_future().get().find("renew"), std::string::npos);
  EXPECT_FALSE(stop_.requested());
}

}  // namespace
}  // namespace interneg::jobs
