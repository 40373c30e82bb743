#include "client/cli/commands/dataset_lookup.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

bool IsDraft(const v1::DatasetVersion& dataset) {
  return dataset.state() == v1::DATASET_STATE_DRAFT;
}

// By version; the draft last.
bool Older(const v1::DatasetVersion& a, const v1::DatasetVersion& b) {
  if (IsDraft(a) != IsDraft(b)) return IsDraft(b);
  return a.version() < b.version();
}

absl::Status RequireWanted(const std::string& option, const v1::DatasetVersion& dataset, DatasetWanted wanted) {
  if (wanted == DatasetWanted::kLocked && IsDraft(dataset)) {
    return absl::FailedPreconditionError(fmt::format(
        "{0}: {1} is a draft, which may still change; lock it with `interneg dataset lock {1}` and name the version",
        option, dataset.name()));
  }
  if (wanted == DatasetWanted::kDraft && !IsDraft(dataset)) {
    return absl::FailedPreconditionError(
        fmt::format("{0}: {1} is locked and never changes; make a draft from it with `interneg dataset create {2} "
                    "--from-version {1}`",
                    option, NameOf(dataset), dataset.name()));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DatasetVersion> Choose(const std::string& option, const std::string& text,
                                          const std::vector<v1::DatasetVersion>& versions, DatasetWanted wanted) {
  const auto at = text.find('@');
  if (at != std::string::npos) {
    for (const v1::DatasetVersion& version : versions)
      if (NameOf(version) == text) return version;
    std::string there;
    for (const v1::DatasetVersion& version : versions) there += (there.empty() ? "" : ", ") + NameOf(version);
    return absl::NotFoundError(fmt::format("{}: there is no {}; there are {}", option, text, there));
  }
  // What is wanted, else the newest of what there is, whose state is then told.
  const auto fits = [&](const v1::DatasetVersion& version) {
    return wanted == DatasetWanted::kAny || IsDraft(version) == (wanted == DatasetWanted::kDraft);
  };
  const auto found = std::find_if(versions.rbegin(), versions.rend(), fits);
  return found == versions.rend() ? versions.back() : *found;
}

}  // namespace

std::string NameOf(const v1::DatasetVersion& dataset) {
  return dataset.name() + "@" + (IsDraft(dataset) ? std::string("draft") : std::to_string(dataset.version()));
}

absl::StatusOr<v1::DatasetVersion> FindDataset(Context& context, const std::string& option, const std::string& text,
                                               const std::string& project, DatasetWanted wanted) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  std::string id = text;
  if (!cli::IsUuid(text)) {
    const auto name = context.Project(project);
    if (!name.ok()) return name.status();
    v1::GetProjectRequest get;
    get.set_project_id(*name);
    const auto found = (*connection)->Call(&v1::ProjectService::Stub::GetProject, get);
    if (!found.ok()) return found.status();
    v1::ListDatasetVersionsRequest request;
    request.set_project_id(found->project().project_id());
    request.set_name(text.substr(0, text.find('@')));
    auto versions = ListAll(**connection, &v1::DatasetService::Stub::ListDatasetVersions, request,
                            &v1::ListDatasetVersionsResponse::mutable_dataset_versions);
    if (!versions.ok()) return versions.status();
    if (versions->empty()) {
      return absl::NotFoundError(
          fmt::format("{}: project {} has no dataset {}; see `interneg dataset list`", option, *name, request.name()));
    }
    std::sort(versions->begin(), versions->end(), Older);
    auto chosen = Choose(option, text, *versions, wanted);
    if (!chosen.ok()) return chosen.status();
    id = chosen->dataset_version_id();
  }
  v1::GetDatasetVersionRequest request;
  request.set_dataset_version_id(id);
  const auto found = (*connection)->Call(&v1::DatasetService::Stub::GetDatasetVersion, request);
  if (!found.ok()) return found.status();
  const absl::Status status = RequireWanted(option, found->dataset_version(), wanted);
  if (!status.ok()) return status;
  return found->dataset_version();
}

}  // namespace interneg::commands
