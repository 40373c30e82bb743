// PlanStore on PostgreSQL.
#ifndef INTERNEG_SERVER_STORAGE_PLANNING_H_
#define INTERNEG_SERVER_STORAGE_PLANNING_H_

#include <optional>
#include <string>
#include <vector>

#include "server/scheduling/plan_store.h"
#include "server/storage/context.h"

namespace interneg::storage {

class Planning final : public scheduling::PlanStore {
 public:
  explicit Planning(Context& context) : context_(context) {}

  absl::StatusOr<std::optional<std::uint64_t>> HoldTerm(const std::string& holder,
                                                        std::chrono::milliseconds lease) override;
  absl::Status GiveUpTerm(std::uint64_t term) override;
  absl::StatusOr<std::vector<scheduling::LeaseSighting>> LiveLeases() override;
  absl::StatusOr<int> Expire(std::uint64_t term, const std::vector<scheduling::LeaseSighting>& leases) override;
  absl::Status MarkSilentWorkers(std::uint64_t term, std::chrono::milliseconds silence) override;
  absl::StatusOr<scheduling::ClaimReport> Claim(std::uint64_t term, int limit) override;
  absl::StatusOr<std::optional<std::chrono::milliseconds>> NextReady() override;
  absl::StatusOr<scheduling::FarmGauges> Gauges() override;
  absl::Status PreparePartitions() override;

 private:
  // A task that cannot run: nobody has made the checkpoint or the document that it reads.
  struct Lack {
    std::string job_id;
    std::string task_id;
    std::string kind;
  };
  struct Claimed {
    scheduling::ClaimReport report;
    std::vector<Lack> lacking;
  };
  absl::StatusOr<Claimed> ClaimWithin(Transaction& transaction, std::uint64_t term, int limit) const;
  void TellOfClaims(Transaction& transaction, const pqxx::result& claimed) const;
  absl::Status FailForLack(const Lack& lack);

  Context& context_;
};

// The statement that finds the ready tasks to place: $1 most tasks a requirement. For a test that reads its plan.
extern const char* const kCandidatesSql;

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_PLANNING_H_
