// Records what a supervisor tells and lets a test wait for it.
#ifndef INTERNEG_TESTS_WORKER_SUPERVISION_OBSERVED_ENGINES_H_
#define INTERNEG_TESTS_WORKER_SUPERVISION_OBSERVED_ENGINES_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "worker/supervision/engine_process.h"

namespace interneg::supervision {

struct ObservedEngine {
  std::optional<BootTime> started;
  pid_t pid = -1;
  std::vector<std::string> events;
  std::vector<std::string> malformed;
  std::string log;
  std::optional<EngineEnd> end;
};

class ObservedEngines final : public EngineObserver {
 public:
  void OnStarted(const std::string& id, pid_t pid, BootTime when) override {
    Change(id, [&](ObservedEngine& e) { e.started = when, e.pid = pid; });
  }
  void OnEventLine(const std::string& id, std::string line) override {
    Change(id, [&](ObservedEngine& e) { e.events.push_back(std::move(line)); });
  }
  void OnMalformedOutput(const std::string& id, const std::string& what) override {
    Change(id, [&](ObservedEngine& e) { e.malformed.push_back(what); });
  }
  void OnLog(const std::string& id, std::string_view text) override {
    Change(id, [&](ObservedEngine& e) { e.log.append(text); });
  }
  void OnEnded(const std::string& id, const EngineEnd& end) override {
    Change(id, [&](ObservedEngine& e) { e.end = end; });
  }

  // The engine's record as soon as `condition` holds; as it stands after 20 s, so that the assertion after it fails.
  ObservedEngine Await(const std::string& id, const std::function<bool(const ObservedEngine&)>& condition) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return condition(engines_[id]); });
    return engines_[id];
  }
  ObservedEngine AwaitEnd(const std::string& id) {
    return Await(id, [](const ObservedEngine& e) { return e.end.has_value(); });
  }
  ObservedEngine AwaitLog(const std::string& id, const std::string& text) {
    return Await(id, [&](const ObservedEngine& e) { return e.log.find(text) != std::string::npos; });
  }

 private:
  void Change(const std::string& id, const std::function<void(ObservedEngine&)>& change) {
    const std::lock_guard lock(mutex_);
    change(engines_[id]);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, ObservedEngine> engines_;
};

}  // namespace interneg::supervision

#endif  // INTERNEG_TESTS_WORKER_SUPERVISION_OBSERVED_ENGINES_H_
