#include "worker/session/root_watch.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace interneg::session {
namespace {

// A folder on another device than the folder it lies in. (A bind mount within one device is not seen.)
bool IsMountPoint(const std::string& folder) {
  struct stat own {}, parent {};
  return stat(folder.c_str(), &own) == 0 && stat((folder + "/..").c_str(), &parent) == 0 && own.st_dev != parent.st_dev;
}

}  // namespace

RootWatch::RootWatch(const std::map<std::string, std::string>& roots) {
  for (const auto& [name, folder] : roots) roots_.push_back({name, folder, IsMountPoint(folder)});
}

std::string RootWatch::Trouble() const {
  for (const Root& root : roots_) {
    struct stat found {};
    if (stat(root.folder.c_str(), &found) != 0) {
      return absl::StrCat("root ", root.name, ": ", root.folder, " cannot be reached: ", std::strerror(errno),
                          "; mount it again");
    }
    if (root.mount_point && !IsMountPoint(root.folder)) {
      return absl::StrCat("root ", root.name, ": nothing is mounted at ", root.folder,
                          " any more; mount it again, or restart the worker if it moved");
    }
  }
  return "";
}

}  // namespace interneg::session
