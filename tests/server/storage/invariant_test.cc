#include <cstdlib>
#include <random>

#include "tests/server/storage/farm.h"

namespace interneg::storage {
namespace {

using scheduling::AttemptRef;
using scheduling::FailureKind;

// Does random things to a small farm, as people, workers and planners would, in and out of turn, and checks after
// each handful that what docs/state-machine.md promises always holds, by SQL over the tables and not by what the books answer.
// INTERNEG_RANDOM_OPERATIONS sets how many, INTERNEG_RANDOM_SEED repeats a run.
class Invariant : public Farm {
 protected:
  Invariant() : Invariant(Seed()) {}
  explicit Invariant(std::uint64_t seed) : Farm(seed), random_(seed) {
    std::printf("INTERNEG_RANDOM_SEED=%llu\n", static_cast<unsigned long long>(seed));
  }

  static std::uint64_t Seed() {
    const char* chosen = std::getenv("INTERNEG_RANDOM_SEED");
    return chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : std::random_device{}();
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  template <typename Value>
  const Value& Any(const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(Below(static_cast<int>(values.size())))];
  }

  void Submit() {
    auto request = Below(3) == 0 ? Render("f" + std::to_string(Below(6))) : Below(2) == 0 ? Train() : Probe();
    request.facts.chunk_frames = request.facts.chunk_frames > 0 ? 4 : 0;
    request.priority = Below(5);
    if (!jobs_.empty() && Below(3) == 0) request.depends_on = {Any(jobs_)};
    if (Below(4) == 0) request.facts.replacement = scheduling::Replacement::kReplace;
    const auto job = jobs().Submit(actor_, request);
    if (job.ok()) {
      jobs_.push_back(job->job_id);
      EXPECT_EQ(jobs().Submit(actor_, request)->job_id, job->job_id);
    } else {
      EXPECT_TRUE(absl::IsFailedPrecondition(job.status())) << job.status();
    }
  }

  void TakeOffers() {
    const std::size_t worker = static_cast<std::size_t>(Below(static_cast<int>(workers_.size())));
    for (const auto& offer : Offers(workers_[worker])) {
      if (Below(8) == 0) {
        EXPECT_TRUE(desk().Reject(workers_[worker], offer.attempt, "no").ok());
      } else if (Below(8) != 0) {
        EXPECT_TRUE(desk().Accept(workers_[worker], offer.attempt).ok());
        held_.emplace_back(worker, offer.attempt, offer.kind);
      }
    }
  }

  scheduling::AttemptResult AnyResult(scheduling::TaskKind kind) {
    static const std::vector<FailureKind> kinds = {FailureKind::kBadInput, FailureKind::kCrash, FailureKind::kStorage,
                                                   FailureKind::kDiverged};
    if (Below(6) == 0) return Failure(Any(kinds));
    scheduling::AttemptResult result;
    result.outcome = Below(8) == 0 ? scheduling::Outcome::kPreempted : scheduling::Outcome::kSucceeded;
    if (kind == scheduling::TaskKind::kRender) result = Success({"a.exr", "b.exr"});
    return result;
  }

  void Finish() {
    if (held_.empty()) return;
    const auto index = static_cast<std::size_t>(Below(static_cast<int>(held_.size())));
    const auto [worker, attempt, kind] = held_[index];
    const auto result = AnyResult(kind);
    const auto disposition = desk().Commit(workers_[worker], attempt, result);
    ASSERT_TRUE(disposition.ok()) << disposition.status();
    if (*disposition == scheduling::Disposition::kCommitted) {
      EXPECT_EQ(*desk().Commit(workers_[worker], attempt, result), scheduling::Disposition::kCommitted);
    }
    // Sometimes it is kept, so that a result comes again much later.
    if (Below(4) != 0) held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  void Renew() {
    std::vector<scheduling::Heartbeat> beats;
    for (const auto& worker : workers_) beats.push_back({worker, {}, {}});
    for (const auto& [worker, attempt, kind] : held_) beats[worker].attempts.push_back(attempt);
    EXPECT_TRUE(desk().Renew(beats).ok());
  }

  void ExpireSome() {
    auto leases = *planning().LiveLeases();
    if (leases.empty()) return;
    const auto lease = Any(leases);
    EXPECT_TRUE(planning().Expire(Term(), {lease}).ok());
  }

  void Restart() {
    const auto worker = static_cast<std::size_t>(Below(static_cast<int>(workers_.size())));
    auto hello = Hello("w" + std::to_string(worker), 2);
    hello.incarnation = NewId();
    const bool forgets = Below(2) == 0;
    for (const auto& [holder, attempt, kind] : held_) {
      if (holder == worker && !forgets) hello.running.push_back(attempt);
    }
    const auto attachment = desk().Attach(node_, hello);
    ASSERT_TRUE(attachment.ok()) << attachment.status();
    workers_[worker] = attachment->session;
    Ask("WITH u AS (UPDATE worker SET quarantined_at = NULL, failures_in_a_row = 0 RETURNING 1) SELECT count(*) FROM u");
  }

  void Step() {
    switch (Below(12)) {
      case 0:
      case 1:
        return Submit();
      case 2:
      case 3:
        Claim();
        return;
      case 4:
      case 5:
        return TakeOffers();
      case 6:
      case 7:
      case 8:
        return Finish();
      case 9:
        return Below(3) == 0 ? Restart() : Renew();
      case 10:
        return Below(2) == 0 ? ExpireSome() : SkipBackOff();
      default:
        if (!jobs_.empty() && Below(3) == 0) {
          const auto wish = Below(2) == 0 ? scheduling::Dependents::kKeep : scheduling::Dependents::kCancelToo;
          EXPECT_TRUE(jobs().Cancel(actor_, Any(jobs_), wish).ok());
        }
    }
  }

  // Zero everywhere, or a promise is broken.
  void Check() {
    const pqxx::row broken = Ask(
        "SELECT "
        "(SELECT count(*) FROM (SELECT task_id FROM attempt WHERE state IN ('offered', 'running') GROUP BY 1 "
        "   HAVING count(*) > 1) x) AS two_live_attempts, "
        "(SELECT count(*) FROM device d WHERE reserved_slots <> (SELECT count(*) FROM attempt a "
        "   WHERE a.device_uuid = d.uuid AND a.state IN ('offered', 'running'))) AS reservation_not_live, "
        "(SELECT count(*) FROM task t WHERE (t.state = 'running') <> EXISTS (SELECT 1 FROM attempt a "
        "   WHERE a.task_id = t.task_id AND a.state IN ('offered', 'running'))) AS running_without_attempt, "
        "(SELECT count(*) FROM task t WHERE (t.state = 'ready') <> (EXISTS (SELECT 1 FROM task_ready r "
        "   WHERE r.task_id = t.task_id) OR EXISTS (SELECT 1 FROM task_delayed d WHERE d.task_id = t.task_id))) "
        "   AS ready_and_queue_differ, "
        "(SELECT count(*) FROM task t JOIN job_dependency d USING (job_id) JOIN job n ON n.job_id = d.needs_job_id "
        "   WHERE n.state <> 'succeeded' AND t.state IN ('ready', 'running', 'succeeded')) AS runs_with_unmet_needs, "
        "(SELECT count(*) FROM task p JOIN task r ON r.task_id = p.waits_for_task_id WHERE r.state <> 'succeeded' "
        "   AND p.state NOT IN ('blocked', 'cancelled')) AS published_before_rendered, "
        "(SELECT count(*) FROM job j JOIN LATERAL (SELECT count(*) AS total, "
        "   count(*) FILTER (WHERE state = 'succeeded') AS succeeded, count(*) FILTER (WHERE state = 'failed') AS failed, "
        "   count(*) FILTER (WHERE state = 'cancelled') AS cancelled, "
        "   count(*) FILTER (WHERE state = 'succeeded' AND kind = 'publish') AS published "
        "   FROM task t WHERE t.job_id = j.job_id) c ON true WHERE (j.tasks_total, j.tasks_succeeded, j.tasks_failed, "
        "   j.tasks_cancelled, j.tasks_published) <> (c.total, c.succeeded, c.failed, c.cancelled, c.published)) "
        "   AS counters_differ, "
        "(SELECT count(*) FROM job j WHERE (j.ended_at IS NULL) = NOT EXISTS (SELECT 1 FROM task t "
        "   WHERE t.job_id = j.job_id AND t.ended_at IS NULL)) AS ended_too_early_or_never, "
        "(SELECT count(*) FROM job j WHERE j.unmet_dependencies <> (SELECT count(*) FROM job_dependency d JOIN job n "
        "   ON n.job_id = d.needs_job_id WHERE d.job_id = j.job_id AND n.state <> 'succeeded') "
        "   AND j.state = 'pending') AS wrong_unmet_count, "
        "(SELECT count(*) FROM final_seen f JOIN job j USING (job_id) WHERE f.state <> j.state) AS final_state_changed");
    for (const auto& field : broken) EXPECT_EQ(field.as<int>(), 0) << field.name();
    Ask("WITH i AS (INSERT INTO final_seen SELECT job_id, state FROM job WHERE ended_at IS NOT NULL "
        "ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM i");
  }

  std::mt19937_64 random_;
  std::vector<scheduling::WorkerSession> workers_;
  std::vector<std::string> jobs_;
  std::vector<std::tuple<std::size_t, AttemptRef, scheduling::TaskKind>> held_;
};

TEST_F(Invariant, HoldsThroughRandomOperations) {
  const char* wanted = std::getenv("INTERNEG_RANDOM_OPERATIONS");
  const int operations = wanted != nullptr ? std::atoi(wanted) : 3'000;
  pqxx::connection link(connection_);
  pqxx::nontransaction(link).exec("CREATE TABLE final_seen (job_id uuid PRIMARY KEY, state text)");
  for (int i = 0; i < 3; ++i) workers_.push_back(Attached("w" + std::to_string(i), 2));
  for (int i = 0; i < operations && !HasFailure(); ++i) {
    Step();
    if (i % 25 == 0) Check();
  }
  Check();
  std::printf("%d jobs, %d attempts\n", Ask("SELECT count(*) FROM job")[0].as<int>(),
              Ask("SELECT count(*) FROM attempt")[0].as<int>());
}

}  // namespace
}  // namespace interneg::storage
