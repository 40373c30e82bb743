// Listens to the engines on the supervisor's thread: keeps their events and logs in the spool, passes the rest on.
#ifndef INTERNEG_WORKER_SESSION_ENGINE_EAR_H_
#define INTERNEG_WORKER_SESSION_ENGINE_EAR_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "interneg/v1/engine.pb.h"
#include "worker/session/courier.h"
#include "worker/spool/entry.h"
#include "worker/supervision/engine_process.h"

namespace interneg::session {

// What the session learns; called on the supervisor's thread, must not block.
struct EngineNews {
  std::function<void(const std::string& id, supervision::BootTime when)> started;
  // Ask for it with TakeProgress; told once until it is taken.
  std::function<void(const std::string& id)> progress;
  std::function<void(const std::string& id, v1::EngineResult result)> result;
  // Events can no longer be kept; told once.
  std::function<void(const std::string& id, const absl::Status& why)> cannot_keep;
  std::function<void(const std::string& id, const std::string& what)> malformed;
  std::function<void(const std::string& id, const supervision::EngineEnd& end)> ended;
};

// Thread-safe.
class EngineEar final : public supervision::EngineObserver {
 public:
  explicit EngineEar(EngineNews news) : news_(std::move(news)) {}

  // From here on the engine `id` is listened to; `courier` must live until Forget(id) has returned.
  void Hear(const std::string& id, std::shared_ptr<spool::Entry> entry, Courier& courier);
  void Forget(const std::string& id);
  std::optional<v1::EngineProgress> TakeProgress(const std::string& id);

  void OnStarted(const std::string& id, pid_t pid, supervision::BootTime when) override;
  void OnEventLine(const std::string& id, std::string line) override;
  void OnMalformedOutput(const std::string& id, const std::string& what) override;
  void OnLog(const std::string& id, std::string_view text) override;
  void OnEnded(const std::string& id, const supervision::EngineEnd& end) override;

 private:
  struct Heard {
    std::shared_ptr<spool::Entry> entry;
    Courier* courier = nullptr;
    std::optional<v1::EngineProgress> progress;
    bool cannot_keep = false;
  };
  // With mutex_ held. True when this is the first failure.
  static bool Keep(Heard& heard, const std::string& line, absl::Status& status);

  const EngineNews news_;
  std::mutex mutex_;
  std::map<std::string, Heard> heard_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_ENGINE_EAR_H_
