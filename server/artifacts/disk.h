// Descriptors and errors of the store's disk. Private to this module.
#ifndef INTERNEG_SERVER_ARTIFACTS_DISK_H_
#define INTERNEG_SERVER_ARTIFACTS_DISK_H_

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace interneg::artifacts {

// Owns an open descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_ = -1;
};

// How bytes reach the disk; replaced in tests to make a disk full or broken.
struct DiskCalls {
  std::function<ssize_t(int descriptor, const void* bytes, std::size_t size)> write;
  std::function<int(int descriptor)> sync;
  static DiskCalls Real();
};

// What errno says about the store: ENOSPC and EDQUOT are RESOURCE_EXHAUSTED, EIO is DATA_LOSS, ENOENT NOT_FOUND, the
// rest INTERNAL. The text names the action and the path, and what to do.
absl::Status DiskError(int error, std::string_view action, const std::filesystem::path& path);

// Makes the folder and its parents, mode 0700, and syncs the folder that holds it.
absl::Status MakeFolder(const std::filesystem::path& folder, const DiskCalls& calls);

// Syncs a folder's entries.
absl::Status SyncFolder(const std::filesystem::path& folder, const DiskCalls& calls);

}  // namespace interneg::artifacts

#endif  // INTERNEG_SERVER_ARTIFACTS_DISK_H_
