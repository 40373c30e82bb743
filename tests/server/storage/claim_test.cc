#include <set>
#include <thread>

#include "server/storage/planning.h"
#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::Standing;

TEST_F(Farm, AClaimMakesOneAttemptWithATokenAndReservesItsDevice) {
  const auto session = Attached("w");
  const auto job = Submitted(Train());
  Submitted(Train());
  EXPECT_EQ(Claim(), 1) << "one device";
  const auto offers = Offers(session);
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0].job_id, job.job_id) << "the older one first";
  EXPECT_EQ(offers[0].attempt.key.attempt_no, 1U);
  EXPECT_EQ(offers[0].attempt.token.size(), 64U);
  EXPECT_EQ(offers[0].device_uuid, "cpu:w:0");
  EXPECT_EQ(offers[0].spec, job.spec);
  EXPECT_EQ(Claim(), 0);
  EXPECT_EQ(StateOf(job.job_id), scheduling::JobState::kRunning);
}

// Several claimers at once, as after a split between leaders that the guard has not ended yet: no task twice, no
// device twice.
TEST_F(Farm, ConcurrentClaimersNeverTakeATaskOrDeviceTwice) {
  for (int i = 0; i < 4; ++i) Attached("w" + std::to_string(i), 8);
  for (int i = 0; i < 60; ++i) Submitted(Train());
  const auto term = Term();
  std::vector<std::thread> claimers;
  for (int i = 0; i < 4; ++i) {
    claimers.emplace_back([&] {
      for (int round = 0; round < 10; ++round) EXPECT_TRUE(planning().Claim(term, 3).ok());
    });
  }
  for (auto& claimer : claimers) claimer.join();
  for (int left = 1; left > 0;) left = Claim();
  EXPECT_EQ(Ask("SELECT count(*) FROM attempt")[0].as<int>(), 32);
  EXPECT_EQ(Ask("SELECT count(DISTINCT device_uuid) FROM attempt")[0].as<int>(), 32);
  EXPECT_EQ(Ask("SELECT count(*) FROM task_ready")[0].as<int>(), 28);
}

TEST_F(Farm, ALostTermRollsTheWholeBatchBack) {
  Attached("w");
  Submitted(Train());
  const auto term = Term();
  EXPECT_FALSE(*planning().HoldTerm("other", std::chrono::minutes(1))) << "the term lasts";
  Ask("WITH u AS (UPDATE leader SET lease_until = '-infinity' RETURNING 1) SELECT count(*) FROM u");
  EXPECT_TRUE(absl::IsAborted(planning().Claim(term, 10).status()));
  const auto next = planning().HoldTerm("other", std::chrono::minutes(1));
  ASSERT_TRUE(next.ok() && *next);
  EXPECT_GT(**next, term);
  EXPECT_TRUE(absl::IsAborted(planning().Claim(term, 10).status()));
  EXPECT_TRUE(absl::IsAborted(planning().Expire(term, {{{NewId(), 1}, {}, 0}}).status()));
  EXPECT_EQ(Ask("SELECT count(*) FROM attempt")[0].as<int>(), 0);
  EXPECT_EQ(planning().Claim(**next, 10)->claimed, 1);
}

TEST_F(Farm, PriorityGoesFirst) {
  const auto session = Attached("w");
  Submitted(Train());
  auto urgent = Train();
  urgent.priority = 10;
  const auto job = Submitted(urgent);
  EXPECT_EQ(Taken(session).job_id, job.job_id);
}

TEST_F(Farm, TasksThatNobodySuitsDoNotBlockOthers) {
  const auto session = Attached("w");
  auto cuda = Train();
  cuda.facts.device_kind = scheduling::DeviceKind::kCuda;
  cuda.priority = 100;
  Submitted(cuda);
  const auto job = Submitted(Train());
  EXPECT_EQ(Taken(session).job_id, job.job_id);
  const auto gauges = planning().Gauges();
  ASSERT_TRUE(gauges.ok()) << gauges.status();
  ASSERT_EQ(gauges->waiting.size(), 1U);
  EXPECT_EQ(gauges->waiting[0], (std::pair<std::string, std::int64_t>{"device", 1}));
}

TEST_F(Farm, LightTasksRunBesideABusyDeviceButBounded) {
  const auto session = Attached("w");
  Submitted(Train());
  for (int i = 0; i < 3; ++i) Submitted(Probe());
  EXPECT_EQ(Claim(), 3) << "one device and two light places";
  EXPECT_EQ(Offers(session).size(), 3U);
}

TEST_F(Farm, ADrainingWorkerGetsNothingNew) {
  const auto session = Attached("w");
  ASSERT_TRUE(desk().Drain(actor_, "w").ok());
  Submitted(Train());
  EXPECT_EQ(Claim(), 0);
  EXPECT_TRUE(desk().ReadOutboxes({session})->at(0).draining);
  EXPECT_EQ(desk().Undrain(actor_, "w")->state, scheduling::WorkerState::kOnline);
  EXPECT_EQ(Claim(), 1);
}

TEST_F(Farm, ARejectedOfferGoesToAnotherWorkerWithoutSpendingARetry) {
  const auto a = Attached("a");
  const auto b = Attached("b");
  Submitted(Train());
  Claim();
  const bool at_a = !Offers(a).empty();
  const auto offer = Offers(at_a ? a : b).at(0);
  EXPECT_EQ(*desk().Reject(at_a ? a : b, offer.attempt, "no space"), Standing::kLive);
  EXPECT_EQ(Claim(), 0) << "not at once";
  SkipBackOff();
  EXPECT_EQ(Claim(), 1);
  EXPECT_EQ(Offers(at_a ? b : a).size(), 1U);
  EXPECT_EQ(Ask("SELECT retries FROM task")[0].as<int>(), 0);
}

TEST_F(Farm, TheClaimNeverScansTheQueueOrTheTasksSequentially) {
  Ask("WITH r AS (INSERT INTO requirement (weight, job_schema, pool, tags, roots, device_kind, device_memory_bytes) "
      "  SELECT 'device', 1, 'p' || g, '{}', '{}', '', 0 FROM generate_series(1, 20) g RETURNING requirement_id), "
      "i AS (INSERT INTO task_ready (task_id, requirement_id, rank_key, job_id) "
      "  SELECT gen_random_uuid(), requirement_id, g, gen_random_uuid() FROM r, generate_series(1, 2000) g RETURNING 1) "
      "SELECT count(*) FROM i");
  pqxx::connection link(connection_);
  pqxx::nontransaction work(link);
  work.exec("ANALYZE task_ready");
  std::string plan;
  std::string sql = kCandidatesSql;
  sql.replace(sql.find("$1"), 2, "100");
  for (const auto& row : work.exec("EXPLAIN " + sql)) plan += row[0].as<std::string>() + "\n";
  EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("Sort "), std::string::npos) << plan;
}

}  // namespace
}  // namespace interneg::storage
