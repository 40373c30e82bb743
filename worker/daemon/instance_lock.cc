#include "worker/daemon/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "worker/spool/storage.h"

namespace interneg::daemon {

absl::StatusOr<std::unique_ptr<InstanceLock>> InstanceLock::Take(const std::string& state_folder) {
  std::error_code error;
  if (std::filesystem::create_directories(state_folder, error)) chmod(state_folder.c_str(), 0700);
  if (error) return spool::FileError(error.value(), "making the state folder", state_folder);
  const std::string path = state_folder + "/lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return spool::FileError(errno, "opening", path);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 32> pid{};
    (void)!read(fd, pid.data(), pid.size() - 1);
    close(fd);
    return absl::FailedPreconditionError(absl::StrCat(
        "the state folder ", state_folder, " is used by another interneg-worker (process ",
        absl::StripAsciiWhitespace(pid.data()), "); stop it, or give this one a --state-dir and --name of its own"));
  }
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(fd, 0) == 0) (void)!write(fd, pid.data(), pid.size());
  return std::unique_ptr<InstanceLock>(new InstanceLock(fd));
}

InstanceLock::~InstanceLock() { close(fd_); }

}  // namespace interneg::daemon
