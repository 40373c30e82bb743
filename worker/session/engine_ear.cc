#include "worker/session/engine_ear.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/session/documents.h"

namespace interneg::session {

void EngineEar::Hear(const std::string& id, std::shared_ptr<spool::Entry> entry, Courier& courier) {
  const std::lock_guard lock(mutex_);
  heard_[id] = {std::move(entry), &courier, {}, false};
}

void EngineEar::Forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  heard_.erase(id);
}

std::optional<v1::EngineProgress> EngineEar::TakeProgress(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = heard_.find(id);
  return found == heard_.end() ? std::nullopt : std::exchange(found->second.progress, std::nullopt);
}

void EngineEar::OnStarted(const std::string& id, pid_t, supervision::BootTime when) { news_.started(id, when); }

void EngineEar::OnEventLine(const std::string& id, std::string line) {
  auto event = ParseEvent(line);
  if (!event.ok()) {
    OnMalformedOutput(id, std::string(event.status().message()));
    return;
  }
  if (event->has_result()) {
    news_.result(id, std::move(*event->mutable_result()));
    return;
  }
  bool tell_progress = false;
  bool tell_failure = false;
  absl::Status status;
  {
    const std::lock_guard lock(mutex_);
    const auto found = heard_.find(id);
    if (found == heard_.end()) return;
    if (event->has_progress()) {
      tell_progress = !found->second.progress;
      found->second.progress = std::move(*event->mutable_progress());
    } else {
      tell_failure = Keep(found->second, line, status);
    }
  }
  if (tell_progress) news_.progress(id);
  if (tell_failure) news_.cannot_keep(id, status);
}

bool EngineEar::Keep(Heard& heard, const std::string& line, absl::Status& status) {
  status = heard.entry->AppendEvent(line);
  if (status.ok()) {
    heard.courier->MoreCame();
    return false;
  }
  return !std::exchange(heard.cannot_keep, true);
}

// A broken line ends no attempt; the person who reads the log finds it there.
void EngineEar::OnMalformedOutput(const std::string& id, const std::string& what) {
  OnLog(id, absl::StrCat("interneg-worker: ", what, "\n"));
  news_.malformed(id, what);
}

void EngineEar::OnLog(const std::string& id, std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto found = heard_.find(id);
  if (found == heard_.end()) return;
  // A log that cannot be kept is a pity, not a failure; the disk shows itself with the next event.
  if (found->second.entry->AppendLog(text).ok()) found->second.courier->MoreCame();
}

void EngineEar::OnEnded(const std::string& id, const supervision::EngineEnd& end) { news_.ended(id, end); }

}  // namespace interneg::session
