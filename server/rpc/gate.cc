#include "server/rpc/gate.h"

#include <fmt/format.h>

#include "server/artifacts/digest.h"

namespace interneg::rpc {
namespace {

using scheduling::Role;

// Refusals of callers without a valid credential that reach the audit in one second; more would let a stranger fill
// the disk.
constexpr int kStrangersPerSecond = 20;
constexpr std::size_t kLongestSecret = 512;

bool Fits(Role role, Audience audience) {
  switch (audience) {
    case Audience::kPeople:
      return role != Role::kWorker;
    case Audience::kAdmins:
      return role == Role::kAdmin;
    case Audience::kWorkers:
      return role == Role::kWorker;
    case Audience::kEveryone:
      return true;
  }
  return false;
}

std::string_view Words(Audience audience) {
  switch (audience) {
    case Audience::kPeople:
      return "a person's token is needed; a worker's may only attach and report";
    case Audience::kAdmins:
      return "an admin's token is needed";
    case Audience::kWorkers:
      return "a worker's token is needed";
    case Audience::kEveryone:
      break;
  }
  return "not allowed";
}

absl::Status Missing(std::string_view what) {
  return absl::NotFoundError(fmt::format("{}: not found", what));
}

}  // namespace

absl::StatusOr<Principal> Gate::Admit(std::string_view authorization, Audience audience, std::string_view method) {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.empty()) {
    if (MayRecordStranger()) Record({"(nobody)"}, method, "no token");
    return absl::UnauthenticatedError(
        "a token is missing; send \"authorization: Bearer <token>\" (with the CLI: interneg login, or INTERNEG_TOKEN)");
  }
  if (!authorization.starts_with(kScheme) || authorization.size() > kScheme.size() + kLongestSecret) {
    if (MayRecordStranger()) Record({"(nobody)"}, method, "malformed authorization");
    return absl::UnauthenticatedError("authorization: \"Bearer <token>\" is expected");
  }
  auto token = tokens_.Authenticate(artifacts::Sha256Hex(authorization.substr(kScheme.size())));
  if (!token.ok()) {
    if (absl::IsUnauthenticated(token.status()) && MayRecordStranger()) {
      Record({"(nobody)"}, method, std::string(token.status().message()));
    }
    return token.status();
  }
  Principal principal{*std::move(token)};
  if (!Fits(principal.token.role, audience)) return Refuse(principal, method, Words(audience));
  return principal;
}

absl::Status Gate::RequireSight(const Principal& principal, const std::string& project_id, std::string_view what) {
  if (MaySee(principal, project_id)) return absl::OkStatus();
  Record(principal.actor(), what, "another project's");
  return Missing(what);
}

absl::Status Gate::RequireContributor(const Principal& principal, const std::string& project_id,
                                      std::string_view what) {
  if (auto sight = RequireSight(principal, project_id, what); !sight.ok()) return sight;
  if (principal.token.role != Role::kViewer && principal.token.role != Role::kWorker) return absl::OkStatus();
  return Refuse(principal, what, "a viewer may only look; an artist's token of the project is needed");
}

absl::Status Gate::RequireSay(const Principal& principal, const std::string& project_id, std::string_view owner,
                              std::string_view what) {
  if (auto contributor = RequireContributor(principal, project_id, what); !contributor.ok()) return contributor;
  if (principal.token.role != Role::kArtist || principal.token.principal == owner) return absl::OkStatus();
  return Refuse(principal, what, fmt::format("it is {}'s; its owner or a supervisor may change it", owner));
}

absl::Status Gate::Refuse(const Principal& principal, std::string_view what, std::string_view reason) {
  Record(principal.actor(), what, reason);
  return absl::PermissionDeniedError(fmt::format("{}: {}", what, reason));
}

void Gate::Record(const scheduling::Actor& actor, std::string_view what, std::string_view reason) {
  // A refusal stands whether or not the database can be told of it.
  tokens_.RecordRefusal(actor, std::string(what), std::string(reason)).IgnoreError();
}

bool Gate::MayRecordStranger() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.Elapsed();
  if (now - strangers_since_ >= std::chrono::seconds(1)) {
    strangers_since_ = now;
    strangers_ = 0;
  }
  return ++strangers_ <= kStrangersPerSecond;
}

scheduling::VisibleProjects Visible(const Principal& principal) {
  if (principal.token.role == Role::kAdmin) return std::nullopt;
  if (principal.token.project_id.empty()) return std::vector<std::string>();
  return std::vector<std::string>{principal.token.project_id};
}

bool MaySee(const Principal& principal, const std::string& project_id) {
  return principal.token.role == Role::kAdmin || (!project_id.empty() && principal.token.project_id == project_id);
}

}  // namespace interneg::rpc
