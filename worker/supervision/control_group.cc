#include "worker/supervision/control_group.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "worker/supervision/file_descriptor.h"

namespace interneg::supervision {
namespace {

// Control files are there or not; none is ever made.
void WriteLine(const std::string& path, const std::string& text) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.open()) (void)!write(file.get(), text.data(), text.size());
}

std::string FirstLine(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ControlGroup>> ControlGroup::Make(const std::string& parent_folder,
                                                                 const std::string& name) {
  const std::string folder = absl::StrCat(parent_folder, "/", name);
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return absl::PermissionDeniedError(absl::StrCat("control group ", folder, ": ", std::strerror(errno)));
  }
  std::unique_ptr<ControlGroup> group(new ControlGroup(folder));
  // The file that makes a group worth having; kernels before 5.14 and other file systems lack it.
  if (access(absl::StrCat(folder, "/cgroup.kill").c_str(), W_OK) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("control group ", folder, " has no cgroup.kill to write"));
  }
  return group;
}

ControlGroup::~ControlGroup() {
  Kill();
  // Fails while a killed process is still going; an empty folder left over is taken again under the same name.
  rmdir(folder_.c_str());
}

void ControlGroup::Add(pid_t pid) { WriteLine(absl::StrCat(folder_, "/cgroup.procs"), std::to_string(pid)); }

void ControlGroup::Kill() { WriteLine(absl::StrCat(folder_, "/cgroup.kill"), "1"); }

std::uint64_t ControlGroup::PeakMemoryBytes() const {
  std::uint64_t bytes = 0;
  return absl::SimpleAtoi(FirstLine(absl::StrCat(folder_, "/memory.peak")), &bytes) ? bytes : 0;
}

absl::StatusOr<std::string> OwnControlGroupFolder() {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    absl::string_view path = line;
    if (!absl::ConsumePrefix(&path, "0::")) continue;
    const std::string folder = absl::StrCat("/sys/fs/cgroup", path == "/" ? "" : path);
    if (access(absl::StrCat(folder, "/cgroup.procs").c_str(), W_OK) == 0) return folder;
    return absl::PermissionDeniedError(absl::StrCat(folder, " is no control group (v2) that this process may write"));
  }
  return absl::FailedPreconditionError("this process is in no control group of version 2");
}

}  // namespace interneg::supervision
