#include "server/artifacts/file_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

namespace interneg::artifacts {
namespace {

absl::Status BadName(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(fmt::format("artifact store: '{}' is no {}", text, what));
}

absl::Status WriteAll(int descriptor, std::string_view bytes, const DiskCalls& calls, std::uint64_t& written,
                      const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = calls.write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return DiskError(errno, "write", path);
    written += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadMarker(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return DiskError(errno, "open", path);
  std::array<char, 128> text{};
  const ssize_t count = ::read(file.number(), text.data(), text.size());
  if (count < 0) return DiskError(errno, "read", path);
  std::string marker(text.data(), static_cast<std::size_t>(count));
  while (!marker.empty() && marker.back() == '\n') marker.pop_back();
  return marker;
}

}  // namespace

bool IsUploadId(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !digit) return false;
  }
  return true;
}

absl::Status PartialFile::Append(std::string_view bytes) {
  const std::uint64_t before = offset_;
  const absl::Status status = WriteAll(file_.number(), bytes, *calls_, offset_, path_);
  digest_.Update(bytes.substr(0, offset_ - before));
  return status;
}

absl::Status PartialFile::Sync() {
  if (calls_->sync(file_.number()) != 0) return DiskError(errno, "sync", path_);
  return absl::OkStatus();
}

absl::Status PartialFile::ReadExisting() {
  std::string block(1 << 20, '\0');
  while (true) {
    const ssize_t count = ::read(file_.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return DiskError(errno, "read", path_);
    if (count == 0) return absl::OkStatus();
    digest_.Update({block.data(), static_cast<std::size_t>(count)});
    offset_ += static_cast<std::uint64_t>(count);
  }
}

absl::StatusOr<std::string> WholeFile::Read(std::uint64_t offset, std::size_t limit_bytes) const {
  if (offset > size_bytes_) {
    return absl::OutOfRangeError(fmt::format("offset {} lies beyond the artifact's {} bytes", offset, size_bytes_));
  }
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(limit_bytes, size_bytes_ - offset));
  std::string bytes(wanted, '\0');
  std::size_t have = 0;
  while (have < wanted) {
    const ssize_t count =
        ::pread(file_.number(), bytes.data() + have, wanted - have, static_cast<off_t>(offset + have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return DiskError(errno, "read", path_);
    if (count == 0) return absl::DataLossError(fmt::format("artifact store: {} was cut short", path_.string()));
    have += static_cast<std::size_t>(count);
  }
  return bytes;
}

absl::StatusOr<FileStore> FileStore::Open(std::filesystem::path folder, DiskCalls calls) {
  std::error_code error;
  FileStore store(std::filesystem::absolute(folder, error), std::move(calls));
  if (error) return DiskError(error.value(), "find", folder);
  for (const char* name : {"files", "partial"}) {
    if (auto made = MakeFolder(store.folder_ / name, store.calls_); !made.ok()) return made;
  }
  return store;
}

absl::StatusOr<std::string> FileStore::Marker(std::string_view proposed) const {
  const std::filesystem::path path = folder_ / "store-marker";
  if (auto existing = ReadMarker(path); existing.ok() || !absl::IsNotFound(existing.status())) return existing;
  // Written whole and then linked, so that two replicas that start at once agree on one marker.
  const std::filesystem::path draft = folder_ / fmt::format("store-marker.{}", proposed);
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.number() < 0) return DiskError(errno, "make", draft);
    std::uint64_t written = 0;
    if (auto status = WriteAll(file.number(), proposed, calls_, written, draft); !status.ok()) return status;
    if (calls_.sync(file.number()) != 0) return DiskError(errno, "sync", draft);
  }
  const int linked = ::link(draft.c_str(), path.c_str());
  const int error = errno;
  ::unlink(draft.c_str());
  if (linked != 0 && error != EEXIST) return DiskError(error, "make", path);
  if (auto synced = SyncFolder(folder_, calls_); !synced.ok()) return synced;
  return ReadMarker(path);
}

absl::StatusOr<PartialFile> FileStore::OpenPartial(std::string_view upload_id) const {
  if (!IsUploadId(upload_id)) return BadName("upload id", upload_id);
  const std::filesystem::path path = PartialPath(upload_id);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.number() < 0) return DiskError(errno, "open", path);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return DiskError(errno, "lock", path);
    return absl::AbortedError("another stream holds this upload; wait for it to end, then begin the upload again");
  }
  PartialFile partial(path, std::move(file), &calls_);
  if (auto read = partial.ReadExisting(); !read.ok()) return read;
  return partial;
}

absl::StatusOr<std::uint64_t> FileStore::PartialSize(std::string_view upload_id) const {
  if (!IsUploadId(upload_id)) return BadName("upload id", upload_id);
  struct stat entry {};
  if (::stat(PartialPath(upload_id).c_str(), &entry) == 0) return static_cast<std::uint64_t>(entry.st_size);
  if (errno == ENOENT) return 0;
  return DiskError(errno, "examine", PartialPath(upload_id));
}

absl::Status FileStore::RemovePartial(std::string_view upload_id) const {
  if (!IsUploadId(upload_id)) return BadName("upload id", upload_id);
  if (::unlink(PartialPath(upload_id).c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return DiskError(errno, "remove", PartialPath(upload_id));
}

absl::StatusOr<std::vector<std::string>> FileStore::PartialsBefore(std::chrono::system_clock::time_point before,
                                                                   int limit) const {
  std::error_code error;
  std::vector<std::string> found;
  std::filesystem::directory_iterator entry(folder_ / "partial", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename();
    struct stat file {};
    if (!IsUploadId(name) || ::stat(entry->path().c_str(), &file) != 0) continue;
    if (std::chrono::system_clock::from_time_t(file.st_mtime) >= before) continue;
    found.push_back(name);
    if (static_cast<int>(found.size()) >= limit) break;
  }
  if (error) return DiskError(error.value(), "list", folder_ / "partial");
  return found;
}

absl::Status FileStore::Link(std::string_view upload_id, std::string_view sha256) const {
  if (!IsUploadId(upload_id)) return BadName("upload id", upload_id);
  if (!IsSha256Hex(sha256)) return BadName("SHA-256", sha256);
  const std::filesystem::path whole = WholePath(sha256);
  if (auto made = MakeFolder(whole.parent_path(), calls_); !made.ok()) return made;
  if (::link(PartialPath(upload_id).c_str(), whole.c_str()) != 0 && errno != EEXIST) {
    return DiskError(errno, "link", whole);
  }
  return SyncFolder(whole.parent_path(), calls_);
}

absl::Status FileStore::Remove(std::string_view sha256) const {
  if (!IsSha256Hex(sha256)) return BadName("SHA-256", sha256);
  const std::filesystem::path whole = WholePath(sha256);
  if (::unlink(whole.c_str()) != 0 && errno != ENOENT) return DiskError(errno, "remove", whole);
  return absl::OkStatus();
}

absl::StatusOr<WholeFile> FileStore::OpenWhole(std::string_view sha256) const {
  if (!IsSha256Hex(sha256)) return BadName("SHA-256", sha256);
  const std::filesystem::path path = WholePath(sha256);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.number() < 0) return DiskError(errno, "open", path);
  struct stat entry {};
  if (::fstat(file.number(), &entry) != 0) return DiskError(errno, "examine", path);
  return WholeFile(path, std::move(file), static_cast<std::uint64_t>(entry.st_size));
}

std::filesystem::path FileStore::PartialPath(std::string_view upload_id) const {
  return folder_ / "partial" / upload_id;
}

std::filesystem::path FileStore::WholePath(std::string_view sha256) const {
  return folder_ / "files" / sha256.substr(0, 2) / sha256.substr(2, 2) / sha256;
}

}  // namespace interneg::artifacts
