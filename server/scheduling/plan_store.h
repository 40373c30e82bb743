// What planning needs of the database. Every call that changes something is guarded by the term: ABORTED means that
// the term was lost and nothing was changed.
#ifndef INTERNEG_SERVER_SCHEDULING_PLAN_STORE_H_
#define INTERNEG_SERVER_SCHEDULING_PLAN_STORE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "server/scheduling/lease_watch.h"
#include "server/scheduling/observer.h"

namespace interneg::scheduling {

struct ClaimReport {
  // Attempts made, and ready tasks looked at.
  int claimed = 0;
  int considered = 0;
};

class PlanStore {
 public:
  virtual ~PlanStore() = default;

  // The term, new or prolonged by `lease`, when `holder` leads now; nullopt while another's term lasts.
  virtual absl::StatusOr<std::optional<std::uint64_t>> HoldTerm(const std::string& holder,
                                                                std::chrono::milliseconds lease) = 0;
  // Ends the term at once so that another may lead; harmless when it is lost already.
  virtual absl::Status GiveUpTerm(std::uint64_t term) = 0;

  // Every live attempt with the number of its renewals.
  virtual absl::StatusOr<std::vector<LeaseSighting>> LiveLeases() = 0;
  // Ends these as lost (running) or expired (offered), unless renewed since. Returns how many ended.
  virtual absl::StatusOr<int> Expire(std::uint64_t term, const std::vector<LeaseSighting>& leases) = 0;

  // Marks workers that were not heard of for `silence` (by the database's clock) as offline.
  virtual absl::Status MarkSilentWorkers(std::uint64_t term, std::chrono::milliseconds silence) = 0;

  // Moves tasks whose back-off has passed into reach, then claims up to `limit` of them, best rank first.
  virtual absl::StatusOr<ClaimReport> Claim(std::uint64_t term, int limit) = 0;

  // How long until the next task's back-off ends; nullopt when none waits.
  virtual absl::StatusOr<std::optional<std::chrono::milliseconds>> NextReady() = 0;

  virtual absl::StatusOr<FarmGauges> Gauges() = 0;

  // Makes the partitions of the append-only tables for the days to come.
  virtual absl::Status PreparePartitions() = 0;
};

// Gives committed events their positions. Safe from every replica at once: the database lets one write at a time.
class EventOrder {
 public:
  virtual ~EventOrder() = default;
  // Orders up to `limit` events; returns how many. 0 also when another replica is at it.
  virtual absl::StatusOr<int> OrderEvents(int limit) = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_PLAN_STORE_H_
