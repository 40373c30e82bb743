// The loop that plans: one replica leads, expires leases and claims; every replica orders events.
#ifndef INTERNEG_SERVER_SCHEDULING_PLANNER_H_
#define INTERNEG_SERVER_SCHEDULING_PLANNER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <absl/status/status.h>

#include "server/scheduling/bell.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/lease_watch.h"
#include "server/scheduling/observer.h"
#include "server/scheduling/plan_store.h"

namespace interneg::scheduling {

struct PlannerSettings {
  // This replica's name, unique among replicas.
  std::string holder;
  std::chrono::milliseconds term_lease{5'000};
  // A lease is expired after this much silence, seen by this leader on its own monotonic clock: TTL + grace.
  std::chrono::milliseconds lease_silence{20'000};
  std::chrono::milliseconds offer_silence{10'000};
  // How often leases are looked at; a bell that rings sooner brings a claim alone.
  std::chrono::milliseconds lease_look{1'000};
  // Fallback when no bell rings.
  std::chrono::milliseconds poll{1'000};
  std::chrono::milliseconds gauge_interval{5'000};
  int batch = 500;
};

// Tick() is for one thread at a time; Start and Stop from any thread. Holds references; all must outlive it.
class Planner {
 public:
  using Log = std::function<void(const absl::Status&)>;

  // `log` is told of each failed tick; failures are retried at the next tick.
  Planner(PlanStore& store, Bell& bell, const Clock& clock, Observer& observer, PlannerSettings settings, Log log);
  ~Planner();  // stops

  // Begins the loop on a thread of its own. Starting twice changes nothing.
  void Start();
  // Blocks until the loop has ended and the term is given up. Never started, or called twice: returns at once.
  void Stop();

  // One round: hold the term (asked for anew after a third of its lease; every change is fenced by it anyway); when
  // leading: expire, claim until nothing is left, gauges. Tests call it directly.
  absl::Status Tick();

  bool leading() const { return leading_.load(); }

 private:
  void Run();
  absl::Status HoldTerm(Monotonic now);
  absl::Status Lead(std::uint64_t term);
  absl::Status ClaimAll(std::uint64_t term, Monotonic began);
  absl::Status ExpireSilent(std::uint64_t term, Monotonic now);
  void LoseTerm();
  std::chrono::milliseconds Patience();

  PlanStore& store_;
  Bell& bell_;
  const Clock& clock_;
  Observer& observer_;
  const PlannerSettings settings_;
  const Log log_;

  // Touched by the ticking thread alone.
  std::optional<std::uint64_t> term_;
  Monotonic term_held_at_{};
  std::optional<Monotonic> leases_at_;
  LeaseWatch leases_;
  std::optional<Monotonic> gauges_at_;
  std::optional<Monotonic> upkeep_at_;

  std::atomic<bool> leading_{false};
  std::atomic<bool> stopping_{false};
  std::mutex thread_mutex_;  // guards thread_
  std::thread thread_;
};

// Orders events on a thread of its own whenever Bell::kUnordered rings; rings kEvents after. Same stop contract.
class EventOrderer {
 public:
  EventOrderer(EventOrder& order, Bell& bell, Planner::Log log);
  ~EventOrderer();  // stops

  void Start();
  void Stop();

 private:
  void Run();

  EventOrder& order_;
  Bell& bell_;
  const Planner::Log log_;
  std::atomic<bool> stopping_{false};
  std::mutex thread_mutex_;  // guards thread_
  std::thread thread_;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_PLANNER_H_
