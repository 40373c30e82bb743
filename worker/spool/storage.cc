#include "worker/spool/storage.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace interneg::spool {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

class DiskAppendFile final : public AppendFile {
 public:
  DiskAppendFile(int fd, std::string path, std::uint64_t size) : fd_(fd), path_(std::move(path)), size_(size) {}

  absl::Status Append(std::string_view bytes) override {
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t written = write(fd_.get(), bytes.data() + at, bytes.size() - at);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        const int error = written == 0 ? EIO : errno;
        // Half a record in the middle of a journal would hide everything behind it.
        (void)!ftruncate(fd_.get(), static_cast<off_t>(size_));
        return FileError(error, "writing", path_);
      }
      at += static_cast<std::size_t>(written);
    }
    size_ += bytes.size();
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    return fsync(fd_.get()) == 0 ? absl::OkStatus() : FileError(errno, "syncing", path_);
  }

  std::uint64_t size_bytes() const override { return size_; }

 private:
  const Descriptor fd_;
  const std::string path_;
  std::uint64_t size_;
};

}  // namespace

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status FileError(int error, std::string_view doing, const std::string& path) {
  const std::string text = absl::StrCat(absl::string_view(doing.data(), doing.size()), " ", path, ": ", std::strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT: return absl::ResourceExhaustedError(absl::StrCat(text, "; free space there or move the state folder"));
    case ENOENT: return absl::NotFoundError(text);
    case EACCES:
    case EPERM:
    case EROFS: return absl::PermissionDeniedError(absl::StrCat(text, "; the worker's user must be able to write there"));
    default: return absl::InternalError(text);
  }
}

absl::StatusOr<std::unique_ptr<AppendFile>> DiskStorage::OpenToAppend(const std::string& path, Opening opening) {
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (opening == Opening::kEmpty ? O_TRUNC : 0);
  const int fd = open(path.c_str(), flags, 0600);
  if (fd < 0) return FileError(errno, "opening", path);
  struct stat facts {};
  if (fstat(fd, &facts) != 0) {
    const absl::Status status = FileError(errno, "opening", path);
    close(fd);
    return status;
  }
  return std::make_unique<DiskAppendFile>(fd, path, static_cast<std::uint64_t>(facts.st_size));
}

absl::StatusOr<std::string> DiskStorage::Read(const std::string& path, std::uint64_t offset, std::size_t limit_bytes) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return FileError(errno, "opening", path);
  struct stat facts {};
  if (fstat(fd.get(), &facts) != 0) return FileError(errno, "reading", path);
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  std::string out(offset < size ? std::min<std::uint64_t>(size - offset, limit_bytes) : 0, '\0');
  std::size_t at = 0;
  while (at < out.size()) {
    const ssize_t got = pread(fd.get(), out.data() + at, out.size() - at, static_cast<off_t>(offset + at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, "reading", path);
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  out.resize(at);
  return out;
}

absl::StatusOr<std::vector<std::string>> DiskStorage::List(const std::string& folder) {
  DIR* stream = opendir(folder.c_str());
  if (stream == nullptr) return FileError(errno, "listing", folder);
  std::vector<std::string> out;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") out.push_back(name);
  }
  closedir(stream);
  std::sort(out.begin(), out.end());
  return out;
}

absl::Status DiskStorage::MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return absl::OkStatus();
  return FileError(errno, "making the folder", path);
}

absl::Status DiskStorage::Rename(const std::string& from, const std::string& to) {
  return rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus() : FileError(errno, "renaming", from);
}

absl::Status DiskStorage::RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error ? FileError(error.value(), "removing", path) : absl::OkStatus();
}

absl::Status DiskStorage::Shorten(const std::string& path, std::uint64_t size_bytes) {
  return truncate(path.c_str(), static_cast<off_t>(size_bytes)) == 0 ? absl::OkStatus()
                                                                     : FileError(errno, "shortening", path);
}

absl::Status DiskStorage::SyncFolder(const std::string& path) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return FileError(errno, "opening", path);
  return fsync(fd.get()) == 0 ? absl::OkStatus() : FileError(errno, "syncing", path);
}

}  // namespace interneg::spool
