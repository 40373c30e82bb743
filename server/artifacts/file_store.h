// Content-addressed files below one folder, and the partial files of uploads:
//
//   <folder>/store-marker               the store's UUID
//   <folder>/files/ab/cd/abcd…          whole files, by SHA-256, read-only
//   <folder>/partial/<upload id>        what has arrived of an upload
//
// Replicas of the server may mount the same folder. Knows nothing of who may read or write what.
#ifndef INTERNEG_SERVER_ARTIFACTS_FILE_STORE_H_
#define INTERNEG_SERVER_ARTIFACTS_FILE_STORE_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/artifacts/digest.h"
#include "server/artifacts/disk.h"

namespace interneg::artifacts {

// What has arrived of one upload, held by an exclusive lock (flock) for as long as this object lives; the lock dies
// with the process, so that a killed server blocks nobody. Movable; not synchronised.
class PartialFile {
 public:
  // Bytes on the disk, from where the next ones go on.
  std::uint64_t offset() const { return offset_; }

  // Adds bytes at the end. After an error `offset` still tells what was written.
  // Errors: RESOURCE_EXHAUSTED (disk full), DATA_LOSS (the disk's fault), INTERNAL.
  absl::Status Append(std::string_view bytes);

  // SHA-256 of what has arrived, lower-case hex.
  std::string sha256() const { return digest_.Hex(); }

  // Brings the bytes to the disk for good.
  absl::Status Sync();

 private:
  friend class FileStore;
  PartialFile(std::filesystem::path path, Descriptor file, const DiskCalls* calls)
      : path_(std::move(path)), file_(std::move(file)), calls_(calls) {}
  absl::Status ReadExisting();

  std::filesystem::path path_;
  Descriptor file_;
  const DiskCalls* calls_;
  std::uint64_t offset_ = 0;
  Digest digest_;
};

// A whole file, open for reading. Stays readable after its removal. Threads: Read may be called from any.
class WholeFile {
 public:
  std::uint64_t size_bytes() const { return size_bytes_; }
  // Up to `limit_bytes` from `offset`; fewer only at the end. Errors: OUT_OF_RANGE (offset beyond the end), DATA_LOSS.
  absl::StatusOr<std::string> Read(std::uint64_t offset, std::size_t limit_bytes) const;

 private:
  friend class FileStore;
  WholeFile(std::filesystem::path path, Descriptor file, std::uint64_t size_bytes)
      : path_(std::move(path)), file_(std::move(file)), size_bytes_(size_bytes) {}
  std::filesystem::path path_;
  Descriptor file_;
  std::uint64_t size_bytes_;
};

// Threads: every method may be called from any thread. Hashes and upload ids must have been checked by the caller
// (IsSha256Hex, IsUploadId); anything else is INVALID_ARGUMENT, since they become part of a path.
class FileStore {
 public:
  // Makes the folder where it is missing. Errors: as Append's, PERMISSION_DENIED is INTERNAL with the path.
  static absl::StatusOr<FileStore> Open(std::filesystem::path folder, DiskCalls calls = DiskCalls::Real());

  // The store's UUID; writes `proposed` where there is none.
  absl::StatusOr<std::string> Marker(std::string_view proposed) const;

  // Opens, or begins, the partial file. Errors: ABORTED (somebody else holds it), as Append's.
  absl::StatusOr<PartialFile> OpenPartial(std::string_view upload_id) const;
  // Bytes that have arrived; 0 when there is no partial file.
  absl::StatusOr<std::uint64_t> PartialSize(std::string_view upload_id) const;
  // No file is no error.
  absl::Status RemovePartial(std::string_view upload_id) const;

  // Upload ids of partial files not written to since `before`, at most `limit`.
  absl::StatusOr<std::vector<std::string>> PartialsBefore(std::chrono::system_clock::time_point before,
                                                          int limit) const;

  // Puts a whole, synced partial file under its hash and syncs the folder. The same hash standing there already is
  // success. The partial file's name stays until RemovePartial.
  absl::Status Link(std::string_view upload_id, std::string_view sha256) const;
  // No file is no error.
  absl::Status Remove(std::string_view sha256) const;
  // Errors: NOT_FOUND.
  absl::StatusOr<WholeFile> OpenWhole(std::string_view sha256) const;

 private:
  FileStore(std::filesystem::path folder, DiskCalls calls) : folder_(std::move(folder)), calls_(std::move(calls)) {}
  std::filesystem::path PartialPath(std::string_view upload_id) const;
  std::filesystem::path WholePath(std::string_view sha256) const;

  std::filesystem::path folder_;
  DiskCalls calls_;
};

// Whether the text has the form of a lower-case UUID.
bool IsUploadId(std::string_view text);

}  // namespace interneg::artifacts

#endif  // INTERNEG_SERVER_ARTIFACTS_FILE_STORE_H_
