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

// Only projects own uploads here, and only projects read.
class MemoryCatalog : public Catalog {
 public:
  absl::StatusOr<std::string> StoreMarker(std::string_view proposed) override;
  absl::StatusOr<BeginResult> BeginUpload(std::string_view upload_id, std::string_view principal, const Owner& owner,
                                          const Description& description) override;
  absl::StatusOr<Upload> FindUpload(std::string_view upload_id) override;
  absl::Status CommitUpload(std::string_view upload_id, const std::function<absl::Status()>& link_file) override;
  absl::Status DiscardUpload(std::string_view upload_id) override;
  absl::StatusOr<std::vector<std::string>> UploadsBefore(Time before, int limit) override;
  absl::StatusOr<std::vector<std::string>> UnreferencedBefore(Time before, int limit) override;
  absl::StatusOr<bool> RemoveFile(std::string_view sha256, Time before,
                                  const std::function<absl::Status()>& unlink_file) override;
  absl::StatusOr<Description> FindReadable(std::string_view sha256, const Reader& reader) override;
  absl::StatusOr<std::vector<Reference>> ListOfJob(std::string_view job_id, std::string_view kind, std::int64_t after,
                                                   int limit) override;

  void SetNow(Time now);
  void DropReferences(const std::string& sha256);
  // The next commit finds the database gone after the file was linked.
  void FailNextCommit();

 private:
  struct Row {
    Upload upload;
    std::string project_id;
    Time created_at;
  };
  std::mutex mutex_;
  Time now_{};
  bool fail_next_commit_ = false;
  std::string marker_;
  std::map<std::string, Row> uploads_;
  std::map<std::string, Time> files_;
  std::map<std::string, std::map<std::string, Description>> references_;
};

}  // namespace interneg::artifacts

#endif  // INTERNEG_TESTS_SERVER_ARTIFACTS_MEMORY_CATALOG_H_
