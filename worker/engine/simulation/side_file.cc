#include "worker/engine/simulation/side_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "worker/engine/frames/frame_error.h"

namespace interneg::simulation {
namespace {

bool WriteAll(int file, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count = ::write(file, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

void WriteSideFile(const frames::Roots& roots, const frames::Location& folder, const std::string& name,
                   const std::string& bytes) {
  const auto open_folder = roots.OpenFolder(folder, frames::FolderMode::kCreate);
  const std::string part = "." + name + ".part";
  const auto fail = [&]() {
    const int error = errno;
    ::unlinkat(open_folder.number(), part.c_str(), 0);
    const bool full = error == ENOSPC || error == EDQUOT;
    throw frames::FrameError(full ? frames::FrameFault::kDiskFull : frames::FrameFault::kWrite,
                             roots.Shown(folder) + "/" + name + " cannot be written: " + std::strerror(error));
  };
  ::unlinkat(open_folder.number(), part.c_str(), 0);
  {
    const frames::Descriptor file(
        ::openat(open_folder.number(), part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file.is_open() || !WriteAll(file.number(), bytes) || ::fsync(file.number()) != 0) fail();
  }
  if (::renameat(open_folder.number(), part.c_str(), open_folder.number(), name.c_str()) != 0) fail();
}

}  // namespace interneg::simulation
