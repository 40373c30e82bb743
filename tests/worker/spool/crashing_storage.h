// A file system in memory that can stop at any operation, the way a killed process or a power cut does.
#ifndef INTERNEG_TESTS_WORKER_SPOOL_CRASHING_STORAGE_H_
#define INTERNEG_TESTS_WORKER_SPOOL_CRASHING_STORAGE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "worker/spool/storage.h"

namespace interneg::spool {

// What has been synced is kept apart from what has only been written. Paths are absolute; "/" exists.
class CrashingStorage final : public Storage {
 public:
  // After `operations` more changes, every call fails and changes nothing; the last one may be done half.
  void CrashAfter(int operations) { left_ = operations; }
  bool crashed() const { return left_ == 0; }
  int changes() const { return changes_; }
  // The disk is full from now on (false: no longer): appending fails with RESOURCE_EXHAUSTED.
  void SetFull(bool full) { full_ = full; }

  // What the next process finds.
  enum class Loss { kProcessKilled, kPowerCut };
  void Restart(Loss loss);
  // Damages a file: flips one bit of the byte at `offset`.
  void Flip(const std::string& path, std::size_t offset);
  std::size_t SizeOf(const std::string& path);

  absl::StatusOr<std::unique_ptr<AppendFile>> OpenToAppend(const std::string& path, Opening opening) override;
  absl::StatusOr<std::string> Read(const std::string& path, std::uint64_t offset, std::size_t limit_bytes) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& folder) override;
  absl::Status MakeFolder(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status RemoveTree(const std::string& path) override;
  absl::Status Shorten(const std::string& path, std::uint64_t size_bytes) override;
  absl::Status SyncFolder(const std::string& path) override;

 private:
  struct Node {
    bool is_folder = false;
    std::string bytes, synced_bytes;
    std::map<std::string, std::shared_ptr<Node>> names, synced_names;
  };
  class File;

  // False when this change must not happen any more.
  bool Change();
  std::shared_ptr<Node> Find(const std::string& path) const;
  static void FallBack(Node& node);

  std::shared_ptr<Node> root_ = [] {
    auto node = std::make_shared<Node>();
    node->is_folder = true;
    return node;
  }();
  int left_ = -1;
  int changes_ = 0;
  bool full_ = false;
};

}  // namespace interneg::spool

#endif  // INTERNEG_TESTS_WORKER_SPOOL_CRASHING_STORAGE_H_
