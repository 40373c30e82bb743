#include "tests/server/artifacts/memory_catalog.h"

namespace interneg::artifacts {

absl::StatusOr<std::string> MemoryCatalog::StoreMarker(std::string_view proposed) {
  const std::lock_guard lock(mutex_);
  if (marker_.empty()) marker_ = proposed;
  return marker_;
}

absl::StatusOr<BeginResult> MemoryCatalog::BeginUpload(std::string_view upload_id, std::string_view principal,
                                                       const Owner& owner, const Description& description) {
  const std::lock_guard lock(mutex_);
  const std::string project = std::get<ProjectOwner>(owner).project_id;
  const auto held = references_.find(description.sha256);
  if (held != references_.end() && held->second.contains(project)) {
    return BeginResult{{std::string(upload_id), std::string(principal), description}, true};
  }
  for (const auto& [id, row] : uploads_) {
    if (row.project_id == project && row.upload.principal == principal &&
        row.upload.description.sha256 == description.sha256) {
      return BeginResult{row.upload, false};
    }
  }
  const Upload upload{std::string(upload_id), std::string(principal), description};
  uploads_[upload.upload_id] = {upload, project, now_};
  return BeginResult{upload, false};
}

absl::StatusOr<Upload> MemoryCatalog::FindUpload(std::string_view upload_id) {
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(std::string(upload_id));
  if (found == uploads_.end()) return absl::NotFoundError("no such upload");
  return found->second.upload;
}

absl::Status MemoryCatalog::CommitUpload(std::string_view upload_id, const std::function<absl::Status()>& link_file) {
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(std::string(upload_id));
  if (found == uploads_.end()) return absl::NotFoundError("no such upload");
  if (auto linked = link_file(); !linked.ok()) return linked;
  if (std::exchange(fail_next_commit_, false)) return absl::UnavailableError("database is gone");
  const Row row = found->second;
  files_.emplace(row.upload.description.sha256, now_);
  references_[row.upload.description.sha256][row.project_id] = row.upload.description;
  uploads_.erase(found);
  return absl::OkStatus();
}

absl::Status MemoryCatalog::DiscardUpload(std::string_view upload_id) {
  const std::lock_guard lock(mutex_);
  uploads_.erase(std::string(upload_id));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> MemoryCatalog::UploadsBefore(Time before, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const auto& [id, row] : uploads_) {
    if (row.created_at < before && static_cast<int>(found.size()) < limit) found.push_back(id);
  }
  return found;
}

absl::StatusOr<std::vector<std::string>> MemoryCatalog::UnreferencedBefore(Time before, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const auto& [sha256, created_at] : files_) {
    if (created_at < before && references_[sha256].empty() && static_cast<int>(found.size()) < limit) {
      found.push_back(sha256);
    }
  }
  return found;
}

absl::StatusOr<bool> MemoryCatalog::RemoveFile(std::string_view sha256, Time before,
                                               const std::function<absl::Status()>& unlink_file) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(std::string(sha256));
  if (found == files_.end() || found->second >= before || !references_[found->first].empty()) return false;
  if (auto unlinked = unlink_file(); !unlinked.ok()) return unlinked;
  files_.erase(found);
  return true;
}

absl::StatusOr<Description> MemoryCatalog::FindReadable(std::string_view sha256, const Reader& reader) {
  const std::lock_guard lock(mutex_);
  for (const auto& project_id : std::get<ReadsProjects>(reader).project_ids) {
    const auto& held = references_[std::string(sha256)];
    if (const auto found = held.find(project_id); found != held.end()) return found->second;
  }
  return absl::NotFoundError("no such artifact");
}

absl::StatusOr<std::vector<Reference>> MemoryCatalog::ListOfJob(std::string_view, std::string_view, std::int64_t, int) {
  return std::vector<Reference>();
}

void MemoryCatalog::SetNow(Time now) {
  const std::lock_guard lock(mutex_);
  now_ = now;
}

void MemoryCatalog::DropReferences(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  references_.erase(sha256);
}

void MemoryCatalog::FailNextCommit() {
  const std::lock_guard lock(mutex_);
  fail_next_commit_ = true;
}

}  // namespace interneg::artifacts
