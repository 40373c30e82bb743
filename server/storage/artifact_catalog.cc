#include "server/storage/artifact_catalog.h"

#include "server/storage/lifecycle.h"
#include "server/storage/sessions.h"

namespace interneg::storage {
namespace {

using artifacts::Description;

constexpr Statement kStoreMarker = {
    "store_marker",
    "WITH made AS (INSERT INTO artifact_store (marker) VALUES ($1) ON CONFLICT DO NOTHING RETURNING marker) "
    "SELECT marker FROM made UNION ALL SELECT marker FROM artifact_store LIMIT 1"};
constexpr Statement kHeld = {
    "project_holds",
    "SELECT a.size_bytes FROM artifact a WHERE a.sha256 = $1 AND EXISTS "
    "  (SELECT 1 FROM artifact_reference r WHERE r.sha256 = a.sha256 AND r.project_id = $2::uuid)"};
// One file's row, references and removal take turns by this lock.
constexpr Statement kLockHash = {"lock_hash", "SELECT pg_advisory_xact_lock(hashtextextended('artifact ' || $1, 0))"};
constexpr Statement kInsertReference = {
    "insert_reference",
    "INSERT INTO artifact_reference (sha256, project_id, job_id, kind, media_type, name, step) "
    "VALUES ($1, $2::uuid, NULLIF($3, '')::uuid, $4, $5, $6, NULLIF($7, '')::bigint) ON CONFLICT DO NOTHING"};
constexpr Statement kInsertUpload = {
    "insert_upload",
    "INSERT INTO upload (upload_id, principal, project_id, job_id, sha256, size_bytes, kind, media_type, name, step) "
    "VALUES ($1::uuid, $2, $3::uuid, NULLIF($4, '')::uuid, $5, $6::bigint, $7, $8, $9, NULLIF($10, '')::bigint) "
    "ON CONFLICT ON CONSTRAINT upload_key DO UPDATE SET kind = EXCLUDED.kind, media_type = EXCLUDED.media_type, "
    "  name = EXCLUDED.name, step = EXCLUDED.step, size_bytes = EXCLUDED.size_bytes "
    "RETURNING upload_id, principal, sha256, size_bytes, kind, media_type, name, step"};
constexpr Statement kFindUpload = {
    "find_upload",
    "SELECT upload_id, principal, project_id, job_id, sha256, size_bytes, kind, media_type, name, step FROM upload "
    "WHERE upload_id = $1::uuid"};
constexpr Statement kInsertArtifact = {
    "insert_artifact", "INSERT INTO artifact (sha256, size_bytes) VALUES ($1, $2::bigint) ON CONFLICT DO NOTHING"};
constexpr Statement kDeleteUpload = {"delete_upload", "DELETE FROM upload WHERE upload_id = $1::uuid"};
constexpr Statement kCommitCheckpoints = {
    "commit_checkpoints",
    "UPDATE checkpoint c SET state = 'committed', committed_at = now() FROM job j "
    "WHERE c.sha256 = $1 AND c.state = 'staged' AND j.job_id = c.job_id AND j.project_id = $2::uuid "
    "RETURNING c.job_id, c.size_bytes, c.step, c.total_steps, c.best, c.score, c.parent_sha256"};
constexpr Statement kUploadsBefore = {
    "uploads_before",
    "SELECT upload_id FROM upload WHERE created_at < to_timestamp($1::bigint / 1e6) ORDER BY created_at "
    "LIMIT $2::integer"};
constexpr Statement kUnreferencedBefore = {
    "unreferenced_before",
    "SELECT sha256 FROM artifact a WHERE created_at < to_timestamp($1::bigint / 1e6) "
    "  AND NOT EXISTS (SELECT 1 FROM artifact_reference r WHERE r.sha256 = a.sha256) LIMIT $2::integer"};
constexpr Statement kDeleteArtifact = {
    "delete_artifact",
    "DELETE FROM artifact a WHERE sha256 = $1 AND created_at < to_timestamp($2::bigint / 1e6) "
    "  AND NOT EXISTS (SELECT 1 FROM artifact_reference r WHERE r.sha256 = a.sha256) RETURNING sha256"};
constexpr Statement kFindReadable = {
    "find_readable",
    "SELECT r.sha256, a.size_bytes, r.kind, r.media_type, r.name, r.step FROM artifact_reference r "
    "JOIN artifact a USING (sha256) WHERE r.sha256 = $1 "
    "  AND ($2::text = '*' OR r.project_id = ANY(CASE WHEN $2::text = '*' THEN '{}' ELSE $2 END::uuid[])) "
    "ORDER BY r.reference_no LIMIT 1"};
constexpr Statement kProjectsOfWorker = {
    "projects_of_worker",
    "SELECT DISTINCT j.project_id FROM worker w JOIN attempt a USING (worker_id) JOIN job j ON j.job_id = a.job_id "
    "WHERE w.principal = $1 AND a.state IN ('offered', 'running')"};
constexpr Statement kListOfJob = {
    "artifacts_of_job",
    "SELECT r.*, a.size_bytes, (extract(epoch FROM r.created_at) * 1000000)::bigint AS created_us "
    "FROM artifact_reference r JOIN artifact a USING (sha256) "
    "WHERE r.job_id = $1::uuid AND ($2 = '' OR r.kind = $2) AND r.reference_no > $3::bigint "
    "ORDER BY r.reference_no LIMIT $4::integer"};

long long Microseconds(artifacts::Time time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

std::string StepText(const Description& description) {
  return description.step ? std::to_string(*description.step) : std::string();
}

Description ToDescription(const pqxx::row& row) {
  return {Text(row["sha256"]),     row["size_bytes"].as<std::uint64_t>(), Text(row["kind"]),
          Text(row["media_type"]), Text(row["name"]),                     Optional<std::uint32_t>(row["step"])};
}

struct Place {
  std::string project_id;
  // Empty when a person uploads for the project.
  std::string job_id;
};

absl::StatusOr<Place> PlaceOf(Context& context, Transaction& transaction, const std::string& principal,
                              const artifacts::Owner& owner) {
  if (const auto* project = std::get_if<artifacts::ProjectOwner>(&owner)) {
    const absl::Status status = RequireProject(transaction, project->project_id);
    if (!status.ok()) return status;
    return Place{project->project_id, ""};
  }
  const auto& attempt = std::get<artifacts::AttemptOwner>(owner);
  const scheduling::AttemptRef ref{{attempt.task_id, attempt.attempt_no}, attempt.token};
  const auto found = FindAttempt(context, transaction, ref, principal, "");
  if (!found || scheduling::IsFinal(found->state)) {
    return absl::FailedPreconditionError("the attempt that this upload is for is no longer the live one");
  }
  return Place{found->project_id, found->job_id};
}

void AddReference(Transaction& transaction, const Place& place, const Description& description) {
  transaction.Run(kInsertReference, description.sha256, place.project_id, place.job_id, description.kind,
                  description.media_type, description.name, StepText(description));
}

// A checkpoint that was reported before its bytes had arrived counts from now on.
void CommitCheckpoints(Context& context, Transaction& transaction, const std::string& sha256,
                       const std::string& project_id) {
  for (const auto& row : transaction.Run(kCommitCheckpoints, sha256, project_id)) {
    Publish(transaction, Text(row["job_id"]),
            scheduling::CheckpointReport{sha256, row["size_bytes"].as<std::uint64_t>(), row["step"].as<std::uint32_t>(),
                                         row["total_steps"].as<std::uint32_t>(), row["best"].as<bool>(),
                                         Optional<double>(row["score"]), Text(row["parent_sha256"])});
    transaction.AfterCommit([&observer = context.around.observer] { observer.CheckpointCommitted(); });
  }
}

}  // namespace

absl::StatusOr<std::string> ArtifactCatalog::StoreMarker(std::string_view proposed) {
  const std::string marker(proposed);
  return context_.pool.Ask<std::string>("read the store's marker", [&](Transaction& transaction) {
    return absl::StatusOr<std::string>(Text(transaction.Run(kStoreMarker, marker)[0][0]));
  });
}

absl::StatusOr<artifacts::BeginResult> ArtifactCatalog::BeginUpload(std::string_view upload_id,
                                                                    std::string_view principal,
                                                                    const artifacts::Owner& owner,
                                                                    const Description& description) {
  using Result = artifacts::BeginResult;
  const std::string id(upload_id);
  const std::string who(principal);
  return context_.pool.Ask<Result>("begin an upload", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    KnowPrincipal(transaction, who);
    const auto place = PlaceOf(context_, transaction, who, owner);
    if (!place.ok()) return place.status();
    transaction.Run(kLockHash, description.sha256);
    const auto held = transaction.Run(kHeld, description.sha256, place->project_id);
    if (!held.empty() && held[0][0].as<std::uint64_t>() == description.size_bytes) {
      AddReference(transaction, *place, description);
      CommitCheckpoints(context_, transaction, description.sha256, place->project_id);
      return Result{{id, who, description}, true};
    }
    const auto row = transaction.Run(kInsertUpload, id, who, place->project_id, place->job_id, description.sha256,
                                     description.size_bytes, description.kind, description.media_type,
                                     description.name, StepText(description))[0];
    return Result{{Text(row["upload_id"]), who, ToDescription(row)}, false};
  });
}

absl::StatusOr<artifacts::Upload> ArtifactCatalog::FindUpload(std::string_view upload_id) {
  using Result = artifacts::Upload;
  const std::string id(upload_id);
  if (!scheduling::IsUuid(id)) return NotFound("upload", id);
  return context_.pool.Ask<Result>("find an upload", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    const auto rows = transaction.Run(kFindUpload, id);
    if (rows.empty()) return NotFound("upload", id);
    return Result{id, Text(rows[0]["principal"]), ToDescription(rows[0])};
  });
}

absl::Status ArtifactCatalog::CommitUpload(std::string_view upload_id, const std::function<absl::Status()>& link_file) {
  const std::string id(upload_id);
  if (!scheduling::IsUuid(id)) return NotFound("upload", id);
  return context_.pool.Do("commit an upload", [&](Transaction& transaction) -> absl::Status {
    const auto rows = transaction.Run(kFindUpload, id);
    if (rows.empty()) return NotFound("upload", id);
    const Description description = ToDescription(rows[0]);
    const Place place{Text(rows[0]["project_id"]), Text(rows[0]["job_id"])};
    transaction.Run(kLockHash, description.sha256);
    if (const absl::Status linked = link_file(); !linked.ok()) return linked;
    transaction.Run(kInsertArtifact, description.sha256, description.size_bytes);
    AddReference(transaction, place, description);
    CommitCheckpoints(context_, transaction, description.sha256, place.project_id);
    transaction.Run(kDeleteUpload, id);
    return absl::OkStatus();
  });
}

absl::Status ArtifactCatalog::DiscardUpload(std::string_view upload_id) {
  const std::string id(upload_id);
  if (!scheduling::IsUuid(id)) return absl::OkStatus();
  return context_.pool.Do("discard an upload", [&](Transaction& transaction) {
    transaction.Run(kDeleteUpload, id);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<std::string>> ArtifactCatalog::UploadsBefore(artifacts::Time before, int limit) {
  using Result = std::vector<std::string>;
  return context_.pool.Ask<Result>("find old uploads", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    Result ids;
    for (const auto& row : transaction.Run(kUploadsBefore, Microseconds(before), limit)) ids.push_back(Text(row[0]));
    return ids;
  });
}

absl::StatusOr<std::vector<std::string>> ArtifactCatalog::UnreferencedBefore(artifacts::Time before, int limit) {
  using Result = std::vector<std::string>;
  return context_.pool.Ask<Result>("find unused files", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    Result hashes;
    for (const auto& row : transaction.Run(kUnreferencedBefore, Microseconds(before), limit)) {
      hashes.push_back(Text(row[0]));
    }
    return hashes;
  });
}

absl::StatusOr<bool> ArtifactCatalog::RemoveFile(std::string_view sha256, artifacts::Time before,
                                                 const std::function<absl::Status()>& unlink_file) {
  const std::string hash(sha256);
  return context_.pool.Ask<bool>("remove a file", [&](Transaction& transaction) -> absl::StatusOr<bool> {
    transaction.Run(kLockHash, hash);
    if (transaction.Run(kDeleteArtifact, hash, Microseconds(before)).empty()) return false;
    if (const absl::Status unlinked = unlink_file(); !unlinked.ok()) return unlinked;
    return true;
  });
}

absl::StatusOr<Description> ArtifactCatalog::FindReadable(std::string_view sha256, const artifacts::Reader& reader) {
  const std::string hash(sha256);
  return context_.pool.Ask<Description>("find a file", [&](Transaction& transaction) -> absl::StatusOr<Description> {
    std::string projects = "*";
    if (const auto* some = std::get_if<artifacts::ReadsProjects>(&reader)) projects = List(some->project_ids);
    if (const auto* worker = std::get_if<artifacts::ReadsAsWorker>(&reader)) {
      std::vector<std::string> ids;
      for (const auto& row : transaction.Run(kProjectsOfWorker, worker->principal)) ids.push_back(Text(row[0]));
      projects = List(ids);
    }
    const auto rows = transaction.Run(kFindReadable, hash, projects);
    if (rows.empty()) return NotFound("artifact", hash);
    return ToDescription(rows[0]);
  });
}

absl::StatusOr<std::vector<artifacts::Reference>> ArtifactCatalog::ListOfJob(std::string_view job_id,
                                                                             std::string_view kind, std::int64_t after,
                                                                             int limit) {
  using Result = std::vector<artifacts::Reference>;
  const std::string id(job_id);
  const std::string wanted(kind);
  if (!scheduling::IsUuid(id)) return Result{};
  return context_.pool.Ask<Result>("list artifacts", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    Result references;
    for (const auto& row : transaction.Run(kListOfJob, id, wanted, after, limit)) {
      references.push_back({row["reference_no"].as<std::int64_t>(), Text(row["project_id"]), Text(row["job_id"]),
                            ToDescription(row),
                            artifacts::Time(std::chrono::microseconds(row["created_us"].as<long long>()))});
    }
    return references;
  });
}

}  // namespace interneg::storage
