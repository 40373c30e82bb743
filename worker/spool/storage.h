// The few file operations that the spool is made of, so that tests can let each of them fail or be the last.
#ifndef INTERNEG_WORKER_SPOOL_STORAGE_H_
#define INTERNEG_WORKER_SPOOL_STORAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace interneg::spool {

// Errors everywhere: RESOURCE_EXHAUSTED (disk or quota full), NOT_FOUND, PERMISSION_DENIED, INTERNAL; each names the
// path and the remedy where there is one.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // All of it or, when it fails, none.
  virtual absl::Status Append(std::string_view bytes) = 0;
  // Returns when the bytes would survive a power cut.
  virtual absl::Status Sync() = 0;
  virtual std::uint64_t size_bytes() const = 0;
};

enum class Opening { kEmpty, kAtEnd };

class Storage {
 public:
  virtual ~Storage() = default;
  // Makes the file where there is none; kEmpty drops what it held.
  virtual absl::StatusOr<std::unique_ptr<AppendFile>> OpenToAppend(const std::string& path, Opening opening) = 0;
  // At most `limit_bytes` from `offset`; empty at or behind the end.
  virtual absl::StatusOr<std::string> Read(const std::string& path, std::uint64_t offset, std::size_t limit_bytes) = 0;
  // Names in the folder, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& folder) = 0;
  // Its parent must exist; that it exists already is no error.
  virtual absl::Status MakeFolder(const std::string& path) = 0;
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  // What does not exist counts as removed.
  virtual absl::Status RemoveTree(const std::string& path) = 0;
  // Drops everything behind `size_bytes`.
  virtual absl::Status Shorten(const std::string& path, std::uint64_t size_bytes) = 0;
  // Makes names made, renamed and removed in the folder survive a power cut.
  virtual absl::Status SyncFolder(const std::string& path) = 0;
};

// The real one. Safe to call from any thread; each AppendFile belongs to one thread at a time.
class DiskStorage final : public Storage {
 public:
  absl::StatusOr<std::unique_ptr<AppendFile>> OpenToAppend(const std::string& path, Opening opening) override;
  absl::StatusOr<std::string> Read(const std::string& path, std::uint64_t offset, std::size_t limit_bytes) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& folder) override;
  absl::Status MakeFolder(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status RemoveTree(const std::string& path) override;
  absl::Status Shorten(const std::string& path, std::uint64_t size_bytes) override;
  absl::Status SyncFolder(const std::string& path) override;
};

// "/state" for "/state/spool", "/" for "/state", "." for "state".
std::string ParentOf(const std::string& path);

// The error for a failed system call: "writing /state/spool/…: No space left on device; free space there".
absl::Status FileError(int error, std::string_view doing, const std::string& path);

}  // namespace interneg::spool

#endif  // INTERNEG_WORKER_SPOOL_STORAGE_H_
