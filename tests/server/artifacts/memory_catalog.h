// The catalogue in memory: what storage does in transactions, under one mutex.
#ifndef INTERNEG_TESTS_SERVER_ARTIFACTS_MEMORY_CATALOG_H_
#define INTERNEG_TESTS_SERVER_ARTIFACTS_MEMORY_CATALOG_H_

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/artifacts/catalog.h"

namespace interneg::artifacts {

// Only projects own uploads here. `new_id` is called under the mutex.
class MemoryCatalog : public Catalog, public Disposal {
 public:
  explicit MemoryCatalog(std::function<std::string()> new_id) : new_id_(std::move(new_id)) {}

  absl::StatusOr<Upload> BeginUpload(const std::string& principal, const Owner& owner,
                                     const Description& description) override;
  absl::StatusOr<Upload> HoldUpload(const std::string& principal, const std::string& upload_id) override;
  absl::Status Advance(const std::string& upload_id, std::uint64_t offset) override;
  absl::Status ReleaseUpload(const std::string& upload_id) override;
  absl::Status CommitUpload(const std::string& upload_id) override;
  absl::Status DiscardUpload(const std::string& upload_id) override;

  absl::StatusOr<bool> EndUpload(const std::string& upload_id, Time before) override;
  absl::StatusOr<std::vector<std::string>> UploadsBefore(Time before, int limit) override;
  absl::StatusOr<std::vector<std::string>> UnreferencedBefore(Time before, int limit) override;
  absl::StatusOr<bool> RemoveFile(const std::string& sha256, Time before,
                                  const std::function<absl::Status()>& unlink_file) override;

  bool Refers(const std::string& project_id, const std::string& sha256);
  bool HasUpload(const std::string& upload_id);
  void DropReferences(const std::string& sha256);
  // The next commit finds the database gone, after the file was linked.
  void FailNextCommit();

 private:
  struct Row {
    Upload upload;
    std::string principal;
    std::string project_id;
    Time created_at;
  };
  std::function<std::string()> new_id_;
  std::mutex mutex_;
  bool fail_next_commit_ = false;
  std::map<std::string, Row> uploads_;
  std::map<std::string, Time> files_;
  std::map<std::string, std::set<std::string>> references_;
};

}  // namespace interneg::artifacts

#endif  // INTERNEG_TESTS_SERVER_ARTIFACTS_MEMORY_CATALOG_H_
