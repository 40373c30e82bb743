#include "tests/server/artifacts/memory_catalog.h"

namespace interneg::artifacts {

absl::StatusOr<Upload> MemoryCatalog::BeginUpload(const std::string& principal, const Owner& owner,
                                                  const Description& description) {
  const std::lock_guard lock(mutex_);
  const std::string project = std::get<ProjectOwner>(owner).project_id;
  if (references_[description.sha256].contains(project)) {
    return Upload{new_id_(), description.sha256, description.size_bytes, true};
  }
  for (const auto& [id, row] : uploads_) {
    if (row.project_id == project && row.principal == principal && row.upload.sha256 == description.sha256) {
      return row.upload;
    }
  }
  const Upload upload{new_id_(), description.sha256, description.size_bytes, false};
  uploads_[upload.upload_id] = {upload, principal, project, Time()};
  return upload;
}

absl::StatusOr<Upload> MemoryCatalog::HoldUpload(const std::string& principal, const std::string& upload_id) {
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(upload_id);
  if (found == uploads_.end() || found->second.principal != principal) return absl::NotFoundError("no such upload");
  return found->second.upload;
}

absl::Status MemoryCatalog::Advance(const std::string&, std::uint64_t) {
  return absl::OkStatus();
}

absl::Status MemoryCatalog::ReleaseUpload(const std::string&) {
  return absl::OkStatus();
}

absl::Status MemoryCatalog::CommitUpload(const std::string& upload_id) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(fail_next_commit_, false)) return absl::UnavailableError("database is gone");
  const auto found = uploads_.find(upload_id);
  if (found == uploads_.end()) return absl::NotFoundError("no such upload");
  files_.emplace(found->second.upload.sha256, Time());
  references_[found->second.upload.sha256].insert(found->second.project_id);
  uploads_.erase(found);
  return absl::OkStatus();
}

absl::Status MemoryCatalog::DiscardUpload(const std::string& upload_id) {
  const std::lock_guard lock(mutex_);
  return uploads_.erase(upload_id) > 0 ? absl::OkStatus() : absl::NotFoundError("no such upload");
}

absl::StatusOr<bool> MemoryCatalog::EndUpload(const std::string& upload_id, Time before) {
  const std::lock_guard lock(mutex_);
  const auto found = uploads_.find(upload_id);
  if (found == uploads_.end()) return true;
  if (found->second.created_at >= before) return false;
  uploads_.erase(found);
  return true;
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

absl::StatusOr<bool> MemoryCatalog::RemoveFile(const std::string& sha256, Time before,
                                               const std::function<absl::Status()>& unlink_file) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(sha256);
  if (found == files_.end() || found->second >= before || !references_[sha256].empty()) return false;
  if (auto unlinked = unlink_file(); !unlinked.ok()) return unlinked;
  files_.erase(found);
  return true;
}

bool MemoryCatalog::Refers(const std::string& project_id, const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  return references_[sha256].contains(project_id);
}

bool MemoryCatalog::HasUpload(const std::string& upload_id) {
  const std::lock_guard lock(mutex_);
  return uploads_.contains(upload_id);
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
