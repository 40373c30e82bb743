// SessionDesk on PostgreSQL: attaching.cc (streams begin and end), outbox.cc (what workers are told), sessions.cc
// (leases and attempts), reports.cc (what attempts report), workers.cc (the farm as people see it).
#ifndef INTERNEG_SERVER_STORAGE_SESSIONS_H_
#define INTERNEG_SERVER_STORAGE_SESSIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/scheduling/session_desk.h"
#include "server/storage/context.h"

namespace interneg::storage {

class Sessions final : public scheduling::SessionDesk {
 public:
  explicit Sessions(Context& context) : context_(context) {}

  absl::StatusOr<scheduling::Attachment> Attach(const scheduling::Actor& actor,
                                                const scheduling::WorkerHello& hello) override;
  absl::Status Detach(const scheduling::WorkerSession& session) override;
  absl::StatusOr<std::vector<scheduling::Outbox>> ReadOutboxes(
      const std::vector<scheduling::WorkerSession>& sessions) override;
  absl::StatusOr<scheduling::Standing> Accept(const scheduling::WorkerSession& session,
                                              const scheduling::AttemptRef& attempt) override;
  absl::StatusOr<scheduling::Standing> Reject(const scheduling::WorkerSession& session,
                                              const scheduling::AttemptRef& attempt,
                                              const std::string& reason) override;
  absl::StatusOr<std::vector<scheduling::Renewal>> Renew(
      const std::vector<scheduling::Heartbeat>& heartbeats) override;
  absl::StatusOr<scheduling::Standing> ReportProgress(const scheduling::WorkerSession& session,
                                                      const scheduling::AttemptRef& attempt,
                                                      const scheduling::Progress& progress) override;
  absl::StatusOr<scheduling::EventsReceipt> ReportEvents(const scheduling::Actor& actor,
                                                         const scheduling::AttemptRef& attempt,
                                                         const std::vector<scheduling::AttemptEvent>& events) override;
  absl::StatusOr<scheduling::LogReceipt> ReportLog(const scheduling::Actor& actor,
                                                   const scheduling::AttemptRef& attempt, std::uint64_t offset,
                                                   const std::string& text) override;
  absl::StatusOr<scheduling::Disposition> Commit(const scheduling::WorkerSession& session,
                                                 const scheduling::AttemptRef& attempt,
                                                 const scheduling::AttemptResult& result) override;
  absl::StatusOr<scheduling::Paged<scheduling::Worker>> ListWorkers(const scheduling::Page& page) override;
  absl::StatusOr<scheduling::Worker> GetWorker(const std::string& id_or_name) override;
  absl::StatusOr<scheduling::Worker> Drain(const scheduling::Actor& actor, const std::string& id_or_name) override;
  absl::StatusOr<scheduling::Worker> Undrain(const scheduling::Actor& actor, const std::string& id_or_name) override;

 private:
  // Ends attempts of a worker that do not run any more; each in a transaction of its own, since each locks its job.
  absl::Status EndForgotten(const std::vector<scheduling::AttemptKey>& attempts);
  absl::StatusOr<scheduling::Worker> SetDraining(const scheduling::Actor& actor, const std::string& id_or_name,
                                                 bool draining);

  Context& context_;
};

// An attempt as a worker's write finds it, locked until the end of the transaction.
struct FoundAttempt {
  std::string job_id;
  scheduling::TaskKind task_kind = scheduling::TaskKind::kProbe;
  std::string project_id;
  std::string worker_id;
  scheduling::AttemptState state = scheduling::AttemptState::kOffered;
  std::string result;
  std::uint32_t stored_sequence = 0;
};

// nullopt: refused, and audited with the reason: no such attempt, another token, another principal's or worker's. An
// ended attempt is found. `principal` or `worker_id` may be empty: not compared.
std::optional<FoundAttempt> FindAttempt(Context& context, Transaction& transaction,
                                        const scheduling::AttemptRef& attempt, const std::string& principal,
                                        const std::string& worker_id);

// Records that a write for an ended attempt was refused.
void AuditStale(Context& context, Transaction& transaction, const scheduling::AttemptRef& attempt,
                const std::string& by, std::string_view reason);

// The job of an attempt, without a lock; empty when there is no such attempt.
std::string JobOfAttempt(Transaction& transaction, const scheduling::AttemptKey& key);

// FAILED_PRECONDITION unless the session is the worker's newest.
absl::Status RequireCurrent(Context& context, Transaction& transaction, const scheduling::WorkerSession& session);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_SESSIONS_H_
