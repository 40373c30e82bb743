#include "server/scheduling/planner.h"

#include <functional>

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

class ManualClock final : public Clock {
 public:
  Instant Now() const override { return Instant(std::chrono::microseconds(0)); }
  Monotonic Elapsed() const override { return now; }
  Monotonic now{};
};

// A store whose answers the test sets.
class FakeStore final : public PlanStore {
 public:
  absl::StatusOr<std::optional<std::uint64_t>> HoldTerm(const std::string&, std::chrono::milliseconds) override {
    return term;
  }
  absl::Status GiveUpTerm(std::uint64_t given) override {
    given_up = given;
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<LeaseSighting>> LiveLeases() override { return leases; }
  absl::StatusOr<int> Expire(std::uint64_t, const std::vector<LeaseSighting>& silent) override {
    if (!expire_status.ok()) return expire_status;
    expired += static_cast<int>(silent.size());
    return static_cast<int>(silent.size());
  }
  absl::Status MarkSilentWorkers(std::uint64_t, std::chrono::milliseconds) override { return absl::OkStatus(); }
  absl::StatusOr<ClaimReport> Claim(std::uint64_t, int) override {
    ++claims;
    if (on_claim) on_claim();
    if (!claim_status.ok()) return claim_status;
    return ClaimReport{ready-- > 0 ? 1 : 0, 1};
  }
  absl::StatusOr<std::optional<std::chrono::milliseconds>> NextReady() override {
    return std::optional<std::chrono::milliseconds>();
  }
  absl::StatusOr<FarmGauges> Gauges() override { return FarmGauges{}; }
  absl::Status PreparePartitions() override { return absl::OkStatus(); }

  std::optional<std::uint64_t> term = 1;
  std::uint64_t given_up = 0;
  std::vector<LeaseSighting> leases;
  int expired = 0;
  int claims = 0;
  int ready = 0;
  absl::Status claim_status;
  absl::Status expire_status;
  std::function<void()> on_claim;
};

class PlannerTest : public ::testing::Test {
 protected:
  FakeStore store_;
  Bell bell_;
  ManualClock clock_;
  Observer observer_;
  Planner planner_{store_, bell_, clock_, observer_, PlannerSettings{.holder = "a"}, {}};

  void TickFor(std::chrono::seconds duration) {
    for (const Monotonic end = clock_.now + duration; clock_.now < end; clock_.now += std::chrono::seconds(1)) {
      EXPECT_TRUE(planner_.Tick().ok());
    }
  }
};

TEST_F(PlannerTest, ClaimsUntilNothingIsLeft) {
  store_.ready = 3;
  EXPECT_TRUE(planner_.Tick().ok());
  EXPECT_EQ(store_.claims, 4);
}

TEST_F(PlannerTest, ClaimsGoOnWhenALeaseCannotBeExpired) {
  store_.leases = {{{"t", 1}, AttemptState::kRunning, 5}};
  store_.expire_status = absl::UnavailableError("the row is locked");
  TickFor(std::chrono::seconds(25));
  EXPECT_EQ(store_.claims, 25);
  EXPECT_TRUE(planner_.leading());
}

// A storm of completions must not keep the planner from its leases and its term.
TEST_F(PlannerTest, ARoundOfClaimsEndsWhenItTakesTooLong) {
  store_.ready = 1'000'000;
  store_.on_claim = [this] { clock_.now += std::chrono::milliseconds(300); };
  EXPECT_TRUE(planner_.Tick().ok());
  EXPECT_LE(store_.claims, 5);
  EXPECT_GT(bell_.Rings(Bell::kPlan), 0U) << "the next round follows at once";
}

TEST_F(PlannerTest, DoesNothingWhileAnotherLeads) {
  store_.term = std::nullopt;
  EXPECT_TRUE(planner_.Tick().ok());
  EXPECT_EQ(store_.claims, 0);
  EXPECT_FALSE(planner_.leading());
}

TEST_F(PlannerTest, ANewTermExpiresNothingThatOnlyAnOlderOneSaw) {
  store_.leases = {{{"t", 1}, AttemptState::kRunning, 5}};
  TickFor(std::chrono::seconds(15));
  store_.term = 2;
  TickFor(std::chrono::seconds(19));
  EXPECT_EQ(store_.expired, 0);
  TickFor(std::chrono::seconds(3));
  EXPECT_GT(store_.expired, 0);
}

TEST_F(PlannerTest, ALostTermIsNoticedAndGivenUp) {
  store_.claim_status = absl::AbortedError("term 1 is over");
  EXPECT_TRUE(absl::IsAborted(planner_.Tick()));
  EXPECT_FALSE(planner_.leading());
}

TEST_F(PlannerTest, StopToleratesNeverStartedAndCalledTwice) {
  planner_.Stop();
  planner_.Start();
  planner_.Start();
  while (!planner_.leading()) std::this_thread::yield();
  planner_.Stop();
  planner_.Stop();
  EXPECT_EQ(store_.given_up, 1U);
  EXPECT_FALSE(planner_.leading());
}

}  // namespace
}  // namespace interneg::scheduling
