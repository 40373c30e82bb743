// What happened to jobs, in one order for everyone. Positions are given by one writer after an event has committed,
// so a reader that goes on after its last position never misses one.
#ifndef INTERNEG_SERVER_SCHEDULING_EVENT_FEED_H_
#define INTERNEG_SERVER_SCHEDULING_EVENT_FEED_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <absl/status/statusor.h>

#include "server/scheduling/attempt.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/job.h"

namespace interneg::scheduling {

// The job changed its state; read it from the JobBook for the rest.
struct JobChange {
  JobState state = JobState::kPending;
};

using FeedBody = std::variant<JobChange, AttemptView, LossPoint, Measure, CheckpointReport, ArtifactReport, FrameReport,
                              Notice, AdjustedReport>;

struct FeedEvent {
  // Ascending, never 0; gaps are possible.
  std::uint64_t position = 0;
  std::string job_id;
  std::string project_id;
  Instant at;
  FeedBody body;
};

class EventFeed {
 public:
  virtual ~EventFeed() = default;

  // Events of these jobs after `after`, in order, at most `limit`. Read again whenever Bell::kEvents rings, and every
  // second as a fallback.
  virtual absl::StatusOr<std::vector<FeedEvent>> Read(const std::vector<std::string>& job_ids, std::uint64_t after,
                                                      int limit) = 0;

  // The latest progress of those of the jobs that run now, over all their attempts.
  virtual absl::StatusOr<std::map<std::string, Progress>> LatestProgress(const std::vector<std::string>& job_ids) = 0;

  // The position of the newest event; 0 when there is none.
  virtual absl::StatusOr<std::uint64_t> Head() = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_EVENT_FEED_H_
