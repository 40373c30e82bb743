// Who may do what. Deny by default; every refusal is audited.
#ifndef INTERNEG_SERVER_RPC_GATE_H_
#define INTERNEG_SERVER_RPC_GATE_H_

#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/rpc/principal.h"
#include "server/scheduling/clock.h"

namespace interneg::rpc {

// Who a method is for. Roles within a project are checked by the handler, which knows the project.
enum class Audience { kPeople, kAdmins, kWorkers, kEveryone };

// Threads: every method may be called from any thread; each may write to the audit.
class Gate {
 public:
  Gate(scheduling::TokenBook& tokens, const scheduling::Clock& clock) : tokens_(tokens), clock_(clock) {}

  // `authorization` as in the header of that name: "Bearer <secret>". `method` as "JobService/GetJob".
  // Errors: UNAUTHENTICATED (missing, malformed, unknown, expired or revoked), PERMISSION_DENIED (not the method's
  // audience), UNAVAILABLE.
  absl::StatusOr<Principal> Admit(std::string_view authorization, Audience audience, std::string_view method);

  // Whether the credential of a stream that was admitted before still holds. Errors: UNAUTHENTICATED, UNAVAILABLE.
  absl::Status RequireStanding(const Principal& principal) { return tokens_.RequireStanding(principal.token.token_id); }

  // Errors: NOT_FOUND, in the words that a missing record has: whether it exists is not revealed.
  absl::Status RequireSight(const Principal& principal, const std::string& project_id, std::string_view what);

  // May add media, datasets, artifacts and jobs. Errors: NOT_FOUND (may not even look), PERMISSION_DENIED.
  absl::Status RequireContributor(const Principal& principal, const std::string& project_id, std::string_view what);

  // May change what `owner` has made: the owner, a supervisor of the project, an admin. Errors: as above.
  absl::Status RequireSay(const Principal& principal, const std::string& project_id, std::string_view owner,
                          std::string_view what);

  // Records the refusal and returns PERMISSION_DENIED with the reason.
  absl::Status Refuse(const Principal& principal, std::string_view what, std::string_view reason);

 private:
  void Record(const scheduling::Actor& actor, std::string_view what, std::string_view reason);
  bool MayRecordStranger();

  scheduling::TokenBook& tokens_;
  const scheduling::Clock& clock_;
  std::mutex mutex_;  // guards the two below
  scheduling::Monotonic strangers_since_{};
  int strangers_ = 0;
};

// The projects that a list may show.
scheduling::VisibleProjects Visible(const Principal& principal);

bool MaySee(const Principal& principal, const std::string& project_id);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_GATE_H_
