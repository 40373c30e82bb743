#include "worker/session/root_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

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

RootSighting SightRoot(const std::string& folder) {
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0) return {errno, false};
  return {0, IsMountPoint(folder)};
}

struct RootWatch::State {
  struct Root {
    std::string folder;
    std::optional<bool> was_mount_point;  // unset: never reached
    std::string trouble = "has not answered yet";
    std::optional<Clock::time_point> asked_at;  // set while the share is asked
    std::uint64_t answered = 0;                 // the newest wish that a look begun since has fulfilled
  };

  explicit State(RootWatchSettings chosen) : settings(std::move(chosen)) {}

  void Watch(Root& root) {
    std::unique_lock lock(mutex);
    while (!stopping) {
      Look(root, lock);
      changed.notify_all();
      changed.wait_for(lock, settings.interval, [&] { return stopping || root.answered < wished; });
    }
  }

  // The lock is given up while a share is asked.
  void Look(Root& root, std::unique_lock<std::mutex>& lock) const {
    const std::uint64_t wish = wished;
    root.asked_at = Clock::now();
    lock.unlock();
    const RootSighting seen = settings.look(root.folder);
    lock.lock();
    root.asked_at.reset();
    root.answered = wish;
    if (seen.error == 0 && !root.was_mount_point) root.was_mount_point = seen.mount_point;
    if (seen.error != 0) {
      root.trouble = absl::StrCat("cannot be reached: ", std::strerror(seen.error), "; mount it again");
    } else if (*root.was_mount_point && !seen.mount_point) {
      root.trouble = "has nothing mounted any more; mount it again, or restart the worker if it moved";
    } else {
      root.trouble.clear();
    }
  }

  void AwaitAnswers(std::unique_lock<std::mutex>& lock) {
    changed.wait_for(lock, settings.patience, [this] {
      return std::all_of(roots.begin(), roots.end(), [this](const auto& named) {
        return named.second.answered >= wished || Hangs(named.second);
      });
    });
  }

  // These three need the mutex.
  bool Hangs(const Root& root) const {
    return root.asked_at && Clock::now() - *root.asked_at > settings.patience;
  }
  std::string TroubleOf(const Root& root) const {
    return Hangs(root) ? "does not answer; see to its server" : root.trouble;
  }
  std::set<std::string> Present() const {
    std::set<std::string> names;
    for (const auto& [name, root] : roots) {
      if (TroubleOf(root).empty()) names.insert(name);
    }
    return names;
  }

  const RootWatchSettings settings;
  std::mutex mutex;  // guards all below
  std::condition_variable changed;
  std::map<std::string, Root> roots;  // none comes or goes after the threads have started
  std::uint64_t wished = 1;
  bool stopping = false;
};

RootWatch::RootWatch(const std::map<std::string, std::string>& roots, RootWatchSettings settings)
    : state_(std::make_shared<State>(std::move(settings))) {
  for (const auto& [name, folder] : roots) state_->roots[name].folder = folder;
  for (auto& named : state_->roots) {
    std::thread([state = state_, root = &named.second] { state->Watch(*root); }).detach();
  }
  std::unique_lock lock(state_->mutex);
  state_->AwaitAnswers(lock);
}

RootWatch::~RootWatch() {
  const std::lock_guard lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
}

std::set<std::string> RootWatch::Present() const {
  const std::lock_guard lock(state_->mutex);
  return state_->Present();
}

std::set<std::string> RootWatch::LookAnew() {
  std::unique_lock lock(state_->mutex);
  ++state_->wished;
  state_->changed.notify_all();
  state_->AwaitAnswers(lock);
  return state_->Present();
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
