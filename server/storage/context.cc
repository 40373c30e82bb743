#include "server/storage/context.h"

namespace interneg::storage {
namespace {

constexpr Statement kKnowPrincipal = {"know_principal",
                                      "INSERT INTO principal (name) VALUES ($1) ON CONFLICT DO NOTHING"};
constexpr Statement kAudit = {"audit",
                              "INSERT INTO audit (principal, action, subject, detail) "
                              "SELECT principal, action, subject, detail FROM jsonb_to_recordset($1::jsonb) "
                              "  AS x(principal text, action text, subject text, detail text)"};
constexpr Statement kProjectStands = {"project_stands", "SELECT 1 FROM project WHERE project_id = $1::uuid"};
constexpr Statement kKnowShot = {
    "know_shot", "INSERT INTO shot (project_id, name) VALUES ($1::uuid, $2) ON CONFLICT DO NOTHING"};

}  // namespace

void KnowPrincipal(Transaction& transaction, const std::string& principal) {
  auto& known = transaction.connection().principals;
  if (known.count(principal) > 0) return;
  transaction.Run(kKnowPrincipal, principal);
  transaction.AfterCommit([&known, principal] { known.insert(principal); });
}

void Audit(Transaction& transaction, const std::string& principal, const std::string& action,
           const std::string& subject, const std::string& detail) {
  transaction.Gather(kAudit, {{"principal", principal}, {"action", action}, {"subject", subject}, {"detail", detail}});
}

absl::Status RequireProject(Transaction& transaction, const std::string& project_id) {
  if (!scheduling::IsUuid(project_id) || transaction.Run(kProjectStands, project_id).empty()) {
    return NotFound("project", project_id);
  }
  return absl::OkStatus();
}

void KnowShot(Transaction& transaction, const std::string& project_id, const std::string& shot) {
  if (!shot.empty()) transaction.Run(kKnowShot, project_id, shot);
}

absl::Status NotFound(const std::string& what, const std::string& id) {
  return absl::NotFoundError("there is no " + what + " " + (id.empty() ? "without an id" : id));
}

}  // namespace interneg::storage
