// The catalog's dataset versions and drafts.
#include <array>
#include <stdexcept>

#include "server/storage/catalog.h"
#include "server/storage/record_requests.h"

namespace interneg::storage {
namespace {

using scheduling::Actor;
using scheduling::DatasetState;
using scheduling::DatasetVersion;
using scheduling::Page;
using scheduling::Paged;

constexpr Statement kLockDataset = {"lock_dataset",
                                    "SELECT pg_advisory_xact_lock(hashtextextended('dataset ' || $1 || ' ' || $2, 0))"};
constexpr Statement kVersionByRequest = {
    "version_by_request",
    "SELECT dataset_version_id, project_id FROM dataset_version WHERE created_by = $1 AND request_id = $2::uuid"};
constexpr Statement kLatestVersion = {
    "latest_version",
    "SELECT dataset_version_id, version, sha256 FROM dataset_version WHERE project_id = $1::uuid AND name = $2 "
    "AND state = 'locked' ORDER BY version DESC LIMIT 1"};
constexpr Statement kDraftOfName = {
    "draft_of_name",
    "SELECT revision FROM dataset_version WHERE project_id = $1::uuid AND name = $2 AND state = 'draft'"};
constexpr Statement kMediaOfProject = {"media_of_project",
                                       "SELECT 1 FROM media WHERE media_id = $1::uuid AND project_id = $2::uuid"};
constexpr Statement kInsertVersion = {
    "insert_version",
    "INSERT INTO dataset_version (dataset_version_id, project_id, name, version, shot, recovery, source_media_id, "
    "  reference_media_id, pairs, held_out, sha256, note, created_by, request_id, state, revision, content) "
    "VALUES ($1::uuid, $2::uuid, $3, $4::integer, $5, $6, $7::uuid, $8::uuid, $9::integer[], $10::integer[], $11, $12, "
    "  $13, $14::uuid, $15, 1, NULLIF($16, ''))"};
constexpr Statement kReadVersion = {
    "read_version",
    "SELECT *, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM updated_at) * 1000000)::bigint AS updated_us FROM dataset_version "
    "WHERE dataset_version_id = $1::uuid"};
constexpr Statement kListVersions = {
    "list_versions",
    "SELECT dataset_version_id, project_id, name, version, shot, recovery, source_media_id, reference_media_id, pairs, "
    "  held_out, sha256, note, state, revision, NULL::text AS content, "
    "  (extract(epoch FROM created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM updated_at) * 1000000)::bigint AS updated_us FROM dataset_version "
    "WHERE project_id = $1::uuid AND ($2 = '' OR name = $2) "
    "  AND ($3 = '' OR dataset_version_id < NULLIF($3, '')::uuid) ORDER BY dataset_version_id DESC LIMIT $4::integer"};
constexpr Statement kEditDraft = {
    "edit_dataset_draft",
    "UPDATE dataset_version SET revision = revision + 1, updated_at = now(), recovery = $3, source_media_id = "
    "$4::uuid, "
    "  reference_media_id = $5::uuid, pairs = $6::integer[], held_out = $7::integer[], content = $8 "
    "WHERE dataset_version_id = $1::uuid AND state = 'draft' AND revision = $2::integer RETURNING name"};
constexpr Statement kLockDraft = {
    "lock_dataset_draft",
    "UPDATE dataset_version SET state = 'locked', version = $3::integer, sha256 = $4, updated_at = now() "
    "WHERE dataset_version_id = $1::uuid AND state = 'draft' AND revision = $2::integer RETURNING name"};
constexpr Statement kDiscardDraft = {
    "discard_dataset_draft",
    "DELETE FROM dataset_version "
    "WHERE dataset_version_id = $1::uuid AND state = 'draft' AND revision = $2::integer RETURNING name"};

constexpr std::array<const char*, 4> kRecoveries = {"chroma", "spatial", "combined", "direct"};

std::string NameOf(scheduling::Recovery recovery) {
  return kRecoveries.at(static_cast<std::size_t>(recovery));
}

scheduling::Recovery ToRecovery(const std::string& name) {
  for (std::size_t i = 0; i < kRecoveries.size(); ++i) {
    if (name == kRecoveries[i]) return static_cast<scheduling::Recovery>(i);
  }
  throw std::runtime_error("unknown recovery in the database: " + name);
}

std::string NameOf(DatasetState state) {
  return state == DatasetState::kDraft ? "draft" : "locked";
}

DatasetVersion ToVersion(const pqxx::row& row) {
  return {Text(row["dataset_version_id"]),
          Text(row["project_id"]),
          Text(row["name"]),
          row["version"].as<int>(),
          Text(row["shot"]),
          ToRecovery(Text(row["recovery"])),
          Text(row["source_media_id"]),
          Text(row["reference_media_id"]),
          Numbers(row["pairs"]),
          Numbers(row["held_out"]),
          Text(row["sha256"]),
          Text(row["note"]),
          Time(row["created_us"]),
          Text(row["state"]) == "draft" ? DatasetState::kDraft : DatasetState::kLocked,
          row["revision"].as<int>(),
          Text(row["content"]),
          Time(row["updated_us"])};
}

absl::StatusOr<DatasetVersion> ReadVersionRow(Transaction& transaction, const std::string& id) {
  if (!scheduling::IsUuid(id)) return NotFound("dataset version", id);
  const auto rows = transaction.Run(kReadVersion, id);
  if (rows.empty()) return NotFound("dataset version", id);
  return ToVersion(rows[0]);
}

absl::Status RequireMedia(Transaction& transaction, const DatasetVersion& version) {
  for (const std::string& media_id : {version.source_media_id, version.reference_media_id}) {
    if (!scheduling::IsUuid(media_id) || transaction.Run(kMediaOfProject, media_id, version.project_id).empty()) {
      return NotFound("medium", media_id);
    }
  }
  return absl::OkStatus();
}

absl::Status RequireNoDraft(Transaction& transaction, const DatasetVersion& version) {
  const auto draft = transaction.Run(kDraftOfName, version.project_id, version.name);
  if (draft.empty()) return absl::OkStatus();
  return absl::AlreadyExistsError("dataset " + version.name + " has a draft already, at revision " +
                                  Text(draft[0]["revision"]) + "; edit it, lock it or discard it");
}

// Why a change of a draft as it was at `revision` found no such draft.
absl::Status WhyNot(const DatasetVersion& standing, int revision) {
  if (standing.state == DatasetState::kLocked) {
    const std::string version = std::to_string(standing.version);
    return absl::FailedPreconditionError(
        "dataset " + standing.name + " version " + version +
        " is locked and never changes; make a draft from it: interneg dataset create " + standing.name +
        " --from-version " + standing.name + "@" + version);
  }
  return absl::AbortedError("dataset " + standing.name + ": its draft was edited meanwhile and is at revision " +
                            std::to_string(standing.revision) + ", not " + std::to_string(revision) +
                            "; look at it again (interneg dataset get " + standing.name + ") and repeat the change");
}

int NextNumber(const pqxx::result& latest) {
  return latest.empty() ? 1 : latest[0]["version"].as<int>() + 1;
}

}  // namespace

absl::StatusOr<DatasetVersion> Catalog::CreateDatasetVersion(const Actor& actor, const std::string& request_id,
                                                             const DatasetVersion& version) {
  if (const absl::Status status = CheckRequestId(request_id); !status.ok()) return status;
  const bool draft = version.state == DatasetState::kDraft;
  if (version.name.empty()) return absl::InvalidArgumentError("name: must not be empty");
  if (!draft && version.pairs.size() < 2) return absl::InvalidArgumentError("pairs: at least two are needed");
  using Result = DatasetVersion;
  return context_.pool.Ask<Result>("create a dataset version", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    KnowPrincipal(transaction, actor.principal);
    if (const absl::Status status = RequireProject(transaction, version.project_id); !status.ok()) return status;
    // Version numbers follow each other without a gap, so makers of one dataset take turns.
    transaction.Run(kLockDataset, version.project_id, version.name);
    const auto repeated = transaction.Run(kVersionByRequest, actor.principal, request_id);
    if (!repeated.empty()) {
      if (Text(repeated[0]["project_id"]) != version.project_id) return UsedElsewhere(request_id);
      return ReadVersionRow(transaction, Text(repeated[0]["dataset_version_id"]));
    }
    if (const absl::Status status = RequireMedia(transaction, version); !status.ok()) return status;
    const auto latest = transaction.Run(kLatestVersion, version.project_id, version.name);
    if (draft) {
      if (const absl::Status status = RequireNoDraft(transaction, version); !status.ok()) return status;
    } else if (!latest.empty() && Text(latest[0]["sha256"]) == version.sha256) {
      return ReadVersionRow(transaction, Text(latest[0]["dataset_version_id"]));
    }
    const int number = draft ? 0 : NextNumber(latest);
    const std::string id = context_.NewId();
    transaction.Run(kInsertVersion, id, version.project_id, version.name, number, version.shot,
                    NameOf(version.recovery), version.source_media_id, version.reference_media_id, List(version.pairs),
                    List(version.held_out), version.sha256, version.note, actor.principal, request_id,
                    NameOf(version.state), version.content);
    KnowShot(transaction, version.project_id, version.shot);
    Audit(transaction, actor.principal, "dataset.create", id,
          version.name + (draft ? " draft" : " " + std::to_string(number)));
    return ReadVersionRow(transaction, id);
  });
}

absl::StatusOr<DatasetVersion> Catalog::GetDatasetVersion(const std::string& dataset_version_id) {
  return context_.pool.Read<DatasetVersion>("read a dataset version", [&](Transaction& transaction) {
    return ReadVersionRow(transaction, dataset_version_id);
  });
}

absl::StatusOr<Paged<DatasetVersion>> Catalog::ListDatasetVersions(const std::string& project_id,
                                                                   const std::string& name, const Page& page) {
  using Result = Paged<DatasetVersion>;
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  if (!page.after.empty() && !scheduling::IsUuid(page.after)) {
    return absl::InvalidArgumentError("page_token: not one that was given out");
  }
  return context_.pool.Read<Result>("list dataset versions", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    if (const absl::Status status = RequireProject(transaction, project_id); !status.ok()) return status;
    const auto rows = transaction.Run(kListVersions, project_id, name, page.after, *size + 1);
    return Cut<DatasetVersion>(rows, *size, ToVersion,
                               [](const DatasetVersion& version) { return version.dataset_version_id; });
  });
}

absl::StatusOr<DatasetVersion> Catalog::EditDatasetDraft(const Actor& actor, int revision,
                                                         const DatasetVersion& edited) {
  using Result = DatasetVersion;
  return context_.pool.Ask<Result>("edit a dataset", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    KnowPrincipal(transaction, actor.principal);
    const auto standing = ReadVersionRow(transaction, edited.dataset_version_id);
    if (!standing.ok()) return standing;
    if (standing->state == DatasetState::kDraft && standing->content == edited.content) return standing;
    if (const absl::Status status = RequireMedia(transaction, edited); !status.ok()) return status;
    const auto rows = transaction.Run(kEditDraft, edited.dataset_version_id, revision, NameOf(edited.recovery),
                                      edited.source_media_id, edited.reference_media_id, List(edited.pairs),
                                      List(edited.held_out), edited.content);
    const auto after = ReadVersionRow(transaction, edited.dataset_version_id);
    if (!after.ok()) return after;
    if (rows.empty()) return WhyNot(*after, revision);
    Audit(transaction, actor.principal, "dataset.edit", after->dataset_version_id,
          after->name + " revision " + std::to_string(after->revision));
    return after;
  });
}

absl::StatusOr<DatasetVersion> Catalog::LockDatasetDraft(const Actor& actor, const std::string& dataset_version_id,
                                                         int revision, const std::string& sha256) {
  using Result = DatasetVersion;
  return context_.pool.Ask<Result>("lock a dataset", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    KnowPrincipal(transaction, actor.principal);
    const auto standing = ReadVersionRow(transaction, dataset_version_id);
    if (!standing.ok()) return standing;
    transaction.Run(kLockDataset, standing->project_id, standing->name);
    const auto latest = transaction.Run(kLatestVersion, standing->project_id, standing->name);
    const bool same = !latest.empty() && Text(latest[0]["sha256"]) == sha256;
    if (same && Text(latest[0]["dataset_version_id"]) != dataset_version_id) {
      return absl::AlreadyExistsError("dataset " + standing->name + " version " + Text(latest[0]["version"]) +
                                      " holds just what the draft holds; edit the draft, or discard it");
    }
    const auto rows = transaction.Run(kLockDraft, dataset_version_id, revision, NextNumber(latest), sha256);
    const auto after = ReadVersionRow(transaction, dataset_version_id);
    if (!after.ok() || (rows.empty() && after->state == DatasetState::kLocked && after->revision == revision))
      return after;
    if (rows.empty()) return WhyNot(*after, revision);
    Audit(transaction, actor.principal, "dataset.lock", dataset_version_id,
          after->name + " " + std::to_string(after->version));
    return after;
  });
}

absl::Status Catalog::DiscardDatasetDraft(const Actor& actor, const std::string& dataset_version_id, int revision) {
  return context_.pool.Do("discard a dataset's draft", [&](Transaction& transaction) -> absl::Status {
    KnowPrincipal(transaction, actor.principal);
    const auto standing = ReadVersionRow(transaction, dataset_version_id);
    if (!standing.ok()) return standing.status();
    if (transaction.Run(kDiscardDraft, dataset_version_id, revision).empty()) return WhyNot(*standing, revision);
    Audit(transaction, actor.principal, "dataset.discard", dataset_version_id, standing->name);
    return absl::OkStatus();
  });
}

}  // namespace interneg::storage
