#include "server/artifacts/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace interneg::artifacts {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) ::close(number_);
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

DiskCalls DiskCalls::Real() {
  return {[](int descriptor, const void* bytes, std::size_t size) { return ::write(descriptor, bytes, size); },
          [](int descriptor) { return ::fsync(descriptor); }};
}

absl::Status DiskError(int error, std::string_view action, const std::filesystem::path& path) {
  const std::string text = fmt::format("artifact store: cannot {} {}: {}", action, path.string(), std::strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(fmt::format(
          "{}; free space on the disk of the artifact folder, then send again: the upload goes on where it stopped",
          text));
    case EIO:
      return absl::DataLossError(fmt::format("{}; check the disk of the artifact folder", text));
    case ENOENT:
      return absl::NotFoundError(text);
    default:
      return absl::InternalError(text);
  }
}

absl::Status SyncFolder(const std::filesystem::path& folder, const DiskCalls& calls) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0) return DiskError(errno, "open", folder);
  if (calls.sync(opened.number()) != 0) return DiskError(errno, "sync", folder);
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::filesystem::path& folder, const DiskCalls& calls) {
  if (::mkdir(folder.c_str(), 0700) == 0) return SyncFolder(folder.parent_path(), calls);
  if (errno == EEXIST) return absl::OkStatus();
  if (errno != ENOENT) return DiskError(errno, "make", folder);
  if (auto made = MakeFolder(folder.parent_path(), calls); !made.ok()) return made;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return DiskError(errno, "make", folder);
  return SyncFolder(folder.parent_path(), calls);
}

}  // namespace interneg::artifacts
