#include "worker/session/root_watch.h"

#include <sys/stat.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"

namespace interneg::session {
namespace {

using Clock = std::chrono::steady_clock;

// A folder on another device than the folder it lies in. (A bind mount within one device is not seen.)
bool IsMountPoint(const std::string& folder) {
  struct stat own {}, parent {};
  return stat(folder.c_str(), &own) == 0 && stat((folder + "/..").c_str(), &parent) == 0 && own.st_dev != parent.st_dev;
}

}  // namespace

struct RootWatch::State {
  struct Root {
    std::string folder;
    std::optional<bool> was_mount_point;  // unset: never reached
    std::string trouble = "has not answered yet";
    std::optional<Clock::time_point> asked_at;  // set while the share is asked
  };

  explicit State(RootWatchSettings chosen) : settings(chosen) {}

  // The lock is given up while a share is asked.
  void Look(std::unique_lock<std::mutex>& lock) {
    for (auto& [name, root] : roots) {
      root.asked_at = Clock::now();
      lock.unlock();
      struct stat found {};
      const int error = stat(root.folder.c_str(), &found) == 0 ? 0 : errno;
      const bool mount_point = error == 0 && IsMountPoint(root.folder);
      lock.lock();
      root.asked_at.reset();
      if (error == 0 && !root.was_mount_point) root.was_mount_point = mount_point;
      if (error != 0) {
        root.trouble = absl::StrCat("cannot be reached: ", std::strerror(error), "; mount it again");
      } else if (*root.was_mount_point && !mount_point) {
        root.trouble = "has nothing mounted any more; mount it again, or restart the worker if it moved";
      } else {
        root.trouble.clear();
      }
    }
    looked = true;
    changed.notify_all();
  }

  // Needs the mutex.
  std::string TroubleOf(const Root& root) const {
    const bool hangs = root.asked_at && Clock::now() - *root.asked_at > settings.patience;
    return hangs ? "does not answer; see to its server" : root.trouble;
  }

  const RootWatchSettings settings;
  std::mutex mutex;  // guards all below
  std::condition_variable changed;
  std::map<std::string, Root> roots;
  bool looked = false;
  bool stopping = false;
};

RootWatch::RootWatch(const std::map<std::string, std::string>& roots, RootWatchSettings settings)
    : state_(std::make_shared<State>(settings)) {
  for (const auto& [name, folder] : roots) state_->roots[name].folder = folder;
  std::thread([state = state_] {
    std::unique_lock lock(state->mutex);
    while (!state->stopping) {
      state->Look(lock);
      state->changed.wait_for(lock, state->settings.interval, [&] { return state->stopping; });
    }
  }).detach();
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, settings.patience, [this] { return state_->looked; });
}

RootWatch::~RootWatch() {
  const std::lock_guard lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
}

std::set<std::string> RootWatch::Present() const {
  const std::lock_guard lock(state_->mutex);
  std::set<std::string> names;
  for (const auto& [name, root] : state_->roots) {
    if (state_->TroubleOf(root).empty()) names.insert(name);
  }
  return names;
}

std::string RootWatch::Trouble() const {
  const std::lock_guard lock(state_->mutex);
  std::string text;
  for (const auto& [name, root] : state_->roots) {
    const std::string trouble = state_->TroubleOf(root);
    if (!trouble.empty()) absl::StrAppend(&text, text.empty() ? "" : "\n", "root ", name, ": ", root.folder, " ", trouble);
  }
  return text;
}

}  // namespace interneg::session
