// Where events go: as JSON lines to the daemon, or to a person at a terminal or reading a log.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_EVENTS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_EVENTS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "worker/engine/jobs/engine_event.h"

namespace interneg::jobs {

// Seconds of a clock that never goes back and counts while the machine sleeps (CLOCK_BOOTTIME); tests pass their own.
using Clock = std::function<std::chrono::duration<double>()>;
Clock BootClock();

// Send may be called from any thread; events keep the order of the calls.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void Send(EventBody body) = 0;

  void Inform(std::string text) { Send(Notice{NoticeLevel::kInfo, std::move(text)}); }
  void Warn(std::string text) { Send(Notice{NoticeLevel::kWarning, std::move(text)}); }
};

// One line of JSON an event on a descriptor, numbered from 1, written whole before Send returns. When the reader is
// gone (EPIPE or any other error) `lost` is called once with the reason, from Send, and later events are dropped: who
// ignores that has decided so. SIGPIPE must be ignored by the process. The descriptor is not closed.
class LineEventSink : public EventSink {
 public:
  LineEventSink(int descriptor, Clock clock, std::function<void(const std::string& reason)> lost);
  void Send(EventBody body) override;

 private:
  const int descriptor_;
  const Clock clock_;
  const std::function<void(const std::string&)> lost_;
  const std::chrono::duration<double> start_;
  std::mutex mutex_;  // guards all below, and the order of lines
  std::uint32_t sequence_ = 0;
  bool broken_ = false;
};

// For people. kBar redraws one line in place for progress, the rest scrolls above it; kLines writes plain lines, and
// progress at most every ten seconds.
enum class Display { kBar, kLines };
class TextEventSink : public EventSink {
 public:
  TextEventSink(int descriptor, Display display, Clock clock);
  ~TextEventSink() override;
  void Send(EventBody body) override;

 private:
  void ShowProgress(const EngineProgress& progress);
  void ShowLine(const std::string& text);
  void Write(const std::string& text) const;

  const int descriptor_;
  const Display display_;
  const Clock clock_;
  std::mutex mutex_;  // guards all below
  bool bar_shown_ = false;
  std::string last_phase_;
  std::chrono::duration<double> last_progress_{-1e9};
};

// One line of text for an event, without its end; empty for those a person does not read one by one. Pure.
std::string TextOf(const EventBody& body);
std::string TextOf(const EngineProgress& progress);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_EVENTS_H_
