#include "server/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

namespace interneg::server {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

absl::Status Failed(const char* action, const std::string& path, int error) {
  const std::string text = fmt::format("cannot {} {}: {}", action, path, std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(text) : absl::FailedPreconditionError(text);
}

absl::StatusOr<std::string> ReadOpened(int file, const std::string& path) {
  std::string text(kMostBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file, text.data() + size, text.size() - size);
    if (count < 0) return Failed("read", path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kMostBytes) return absl::FailedPreconditionError(path + ": is larger than 1 MiB");
  text.resize(size);
  return text;
}

absl::StatusOr<std::string> Read(const std::string& path, mode_t refused_mode) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failed("open", path, errno);
  struct stat entry {};
  absl::StatusOr<std::string> text;
  if (::fstat(file, &entry) == 0 && (entry.st_mode & refused_mode) != 0) {
    text = absl::FailedPreconditionError(fmt::format("{}: others may read this secret; run chmod 600 on it", path));
  } else {
    text = ReadOpened(file, path);
  }
  ::close(file);
  return text;
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  return Read(path, 0);
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  return Read(path, 077);
}

absl::Status WriteSmallFile(const std::string& path, const std::string& text) {
  const std::string draft = fmt::format("{}.{}", path, ::getpid());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Failed("make", draft, errno);
  const ssize_t written = ::write(file, text.data(), text.size());
  const int error = written < 0 ? errno : ENOSPC;
  const bool whole = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (whole && std::rename(draft.c_str(), path.c_str()) == 0) return absl::OkStatus();
  ::unlink(draft.c_str());
  return Failed("write", path, whole ? errno : error);
}

}  // namespace interneg::server
