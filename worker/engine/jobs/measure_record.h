// Keeps the figures and files that pass by, for the summary at the end.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MEASURE_RECORD_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MEASURE_RECORD_H_

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "worker/engine/jobs/events.h"

namespace interneg::jobs {

// The kind by which FileOf knows checkpoints, the finished model included.
inline constexpr char kCheckpointKind[] = "checkpoint";

// Passes every event on. Thread-safe; the next sink outlives it.
class MeasureRecord : public EventSink {
 public:
  explicit MeasureRecord(EventSink& next) : next_(next) {}
  void Send(EventBody body) override;

  // The final figures (those without a step) as a table: a line a subject. Empty without any.
  std::string Table() const;

  // The newest file of a kind ("before_after"); empty when there is none.
  std::string FileOf(const std::string& kind) const;

 private:
  EventSink& next_;
  mutable std::mutex mutex_;  // guards all below
  std::map<std::string, std::map<std::string, double>> by_subject_;
  std::map<std::string, std::string> files_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MEASURE_RECORD_H_
