// Whether the folders that this worker's roots stand for are still what they were when it started.
#ifndef INTERNEG_WORKER_SESSION_ROOT_WATCH_H_
#define INTERNEG_WORKER_SESSION_ROOT_WATCH_H_

#include <map>
#include <string>
#include <vector>

namespace interneg::session {

// An unmounted share leaves an empty folder: reading there fails every task at once, and writing fills the machine's
// own disk. So a root that was a mount point, or lay on one, must be one still. Not safe for several threads at once.
class RootWatch {
 public:
  // Name to folder.
  explicit RootWatch(const std::map<std::string, std::string>& roots);

  // What is wrong with the first root that is not as it was, and the remedy; empty: nothing.
  std::string Trouble() const;

 private:
  struct Root {
    std::string name;
    std::string folder;
    bool mount_point = false;
  };
  std::vector<Root> roots_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_ROOT_WATCH_H_
