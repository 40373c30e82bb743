// Where workers' streams meet the scheduler, and the farm as people see it.
#ifndef INTERNEG_SERVER_SCHEDULING_SESSION_DESK_H_
#define INTERNEG_SERVER_SCHEDULING_SESSION_DESK_H_

#include <cstdint>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "server/scheduling/page.h"
#include "server/scheduling/worker.h"

namespace interneg::scheduling {

enum class Disposition { kCommitted, kStale };

struct EventsReceipt {
  Standing standing = Standing::kLive;
  // Highest sequence stored.
  std::uint32_t stored_sequence = 0;
};

struct LogReceipt {
  Standing standing = Standing::kLive;
  // Bytes stored so far; the worker goes on from here.
  std::uint64_t stored_bytes = 0;
};

// A write for an attempt that is not the live one, or whose token or worker is another, changes nothing, is audited
// and answered kStale. Methods that take a session return FAILED_PRECONDITION when a newer session of the worker has
// taken over. All methods: UNAVAILABLE when the database cannot be reached; the worker keeps what it has.
class SessionDesk {
 public:
  virtual ~SessionDesk() = default;

  // Opens a session: registers worker and devices, fences older sessions, judges the attempts named. A new
  // incarnation ends the worker's attempts that it does not name as lost (offers: as expired), spending no retry.
  // Errors: INVALID_ARGUMENT (empty name, a device uuid twice), PERMISSION_DENIED (the name or a device belongs to
  // another principal's worker).
  virtual absl::StatusOr<Attachment> Attach(const Actor& actor, const WorkerHello& hello) = 0;

  // The stream has ended. The worker counts as offline when no session is left; its leases run on.
  virtual absl::Status Detach(const WorkerSession& session) = 0;

  // For all streams of this replica in one read: on attach, whenever Bell::kWorkers rings, and every second.
  // One outbox a session, in the order asked.
  virtual absl::StatusOr<std::vector<Outbox>> ReadOutboxes(const std::vector<WorkerSession>& sessions) = 0;

  // Offered → running; again: kLive.
  virtual absl::StatusOr<Standing> Accept(const WorkerSession& session, const AttemptRef& attempt) = 0;

  // Offered → rejected; the task is ready again without spending a retry, for another worker first.
  virtual absl::StatusOr<Standing> Reject(const WorkerSession& session, const AttemptRef& attempt,
                                          const std::string& reason) = 0;

  // Renews leases and records that the workers live, for any number of workers at once; one renewal a heartbeat.
  virtual absl::StatusOr<std::vector<Renewal>> Renew(const std::vector<Heartbeat>& heartbeats) = 0;

  // Keeps the latest progress of a live attempt.
  virtual absl::StatusOr<Standing> ReportProgress(const WorkerSession& session, const AttemptRef& attempt,
                                                  const Progress& progress) = 0;

  // Stores events, ascending in sequence; those at or below the stored one are skipped. `actor` must be the principal
  // of the attempt's worker. Frames reported are provisional until the attempt commits. A checkpoint counts once its
  // bytes are in the store, whichever comes first.
  virtual absl::StatusOr<EventsReceipt> ReportEvents(const Actor& actor, const AttemptRef& attempt,
                                                     const std::vector<AttemptEvent>& events) = 0;

  // Appends to the attempt's log; text below the stored bytes is skipped, a gap is answered with the stored bytes.
  virtual absl::StatusOr<LogReceipt> ReportLog(const Actor& actor, const AttemptRef& attempt, std::uint64_t offset,
                                               const std::string& text) = 0;

  // Ends an attempt. The same result again is kCommitted; any other report for an ended attempt is kStale. A render's
  // committed manifest makes its publish task ready; a failed attempt is retried as retry.h says.
  // Errors: INVALID_ARGUMENT (a successful render without a manifest, or one naming a file twice).
  virtual absl::StatusOr<Disposition> Commit(const WorkerSession& session, const AttemptRef& attempt,
                                             const AttemptResult& result) = 0;

  // By name. Errors: INVALID_ARGUMENT (page).
  virtual absl::StatusOr<Paged<Worker>> ListWorkers(const Page& page) = 0;
  // By id or name. Errors: NOT_FOUND.
  virtual absl::StatusOr<Worker> GetWorker(const std::string& id_or_name) = 0;
  // Draining: no new attempts. Both are idempotent; undraining also lifts a quarantine. Errors: NOT_FOUND.
  virtual absl::StatusOr<Worker> Drain(const Actor& actor, const std::string& id_or_name) = 0;
  virtual absl::StatusOr<Worker> Undrain(const Actor& actor, const std::string& id_or_name) = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_SESSION_DESK_H_
