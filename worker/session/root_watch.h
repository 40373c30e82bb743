// Which of this worker's roots are there: the folders that they stand for, on what was mounted there at the start.
#ifndef INTERNEG_WORKER_SESSION_ROOT_WATCH_H_
#define INTERNEG_WORKER_SESSION_ROOT_WATCH_H_

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace interneg::session {

// What a look at a root's folder found.
struct RootSighting {
  int error = 0;  // an errno; 0: the folder is there
  bool mount_point = false;
};

// A look at the folder itself. Returns late or never where the share hangs.
RootSighting SightRoot(const std::string& folder);

struct RootWatchSettings {
  std::chrono::milliseconds interval{1'000};
  // A share that does not answer for so long is not there.
  std::chrono::milliseconds patience{5'000};
  std::function<RootSighting(const std::string& folder)> look = SightRoot;
};

// An unmounted share leaves an empty folder: reading there fails every task at once, and writing fills the machine's
// own disk. So a root that was a mount point must be one still. Looks at each root on a thread of its own, since a share
// that hangs holds whoever asks for it; the destructor does not wait for such a one.
class RootWatch {
 public:
  // Name to folder. Looks once at each before it returns, `patience` at most.
  explicit RootWatch(const std::map<std::string, std::string>& roots, RootWatchSettings settings = {});
  ~RootWatch();
  RootWatch(const RootWatch&) = delete;
  RootWatch& operator=(const RootWatch&) = delete;

  // The names of the roots that are there. From any thread; returns at once.
  std::set<std::string> Present() const;
  // The same after a new look at each, for which it waits `patience` at most, and not for a share that hangs already.
  std::set<std::string> LookAnew();
  // What is wrong with the others, and the remedy, one line each; empty: nothing.
  std::string Trouble() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_ROOT_WATCH_H_
