// Jobs as people see and change them. For every book: all methods are thread-safe, each is one transaction, and every
// one may return UNAVAILABLE (the database cannot be reached; nothing was done, or for writes: repeat with the same
// request id). "Not there" is NOT_FOUND and never UNAVAILABLE. Ids that are no UUIDs are NOT_FOUND.
#ifndef INTERNEG_SERVER_SCHEDULING_JOB_BOOK_H_
#define INTERNEG_SERVER_SCHEDULING_JOB_BOOK_H_

#include <map>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "server/scheduling/job.h"
#include "server/scheduling/page.h"

namespace interneg::scheduling {

enum class Dependents { kKeep, kCancelToo };

// How much of each attempt's log has been read, in bytes.
using LogCursor = std::map<AttemptKey, std::uint64_t>;

struct LogText {
  AttemptKey key;
  // Byte offset of `text` in the attempt's log.
  std::uint64_t offset = 0;
  std::string text;
};

class JobBook {
 public:
  virtual ~JobBook() = default;

  // Makes the job with its tasks. The same request id of the same principal with the same request returns the job made
  // first. Errors: INVALID_ARGUMENT (facts that contradict each other, a medium of other frames), NOT_FOUND (project,
  // dependency, training job, medium), ALREADY_EXISTS (the request id was used for another job), FAILED_PRECONDITION
  // (the output folder holds published frames of another job, or another unfinished job is about to publish the same
  // frames, and replacement is kRefuse). A dependency that has already failed makes a job that has failed, with the
  // reason.
  virtual absl::StatusOr<Job> Submit(const Actor& actor, const JobRequest& request) = 0;

  // Errors: NOT_FOUND. The caller compares Job::project_id with what it may see.
  virtual absl::StatusOr<Job> Get(const std::string& job_id) = 0;

  // Newest first. Errors: INVALID_ARGUMENT (page), NOT_FOUND (project).
  virtual absl::StatusOr<Paged<Job>> List(const JobFilter& filter, const VisibleProjects& visible,
                                          const Page& page) = 0;

  // Waiting tasks and unaccepted offers end at once; running attempts get a stop (SessionDesk::ReadOutboxes), and the
  // job ends when they have ended. kKeep: jobs that wait for this one fail, saying so; kCancelToo: they are cancelled.
  // Cancelling an ended job changes nothing. Errors: NOT_FOUND.
  virtual absl::StatusOr<Job> Cancel(const Actor& actor, const std::string& job_id, Dependents dependents) = 0;

  // Returns the number given to the adjustment (1, 2 … a job). It is delivered to the running attempt and to each
  // later one. Errors: NOT_FOUND, FAILED_PRECONDITION (no training, or ended), INVALID_ARGUMENT (changes nothing).
  virtual absl::StatusOr<std::uint32_t> Adjust(const Actor& actor, const std::string& job_id,
                                               const Adjustment& adjustment) = 0;

  // In the order of the frames, attempts by number. Errors: NOT_FOUND.
  virtual absl::StatusOr<std::vector<Task>> Tasks(const std::string& job_id) = 0;

  // In the order reported; of a measure reported twice (by two attempts) the later one. Errors: NOT_FOUND,
  // INVALID_ARGUMENT (page).
  virtual absl::StatusOr<Paged<Measure>> Measures(const std::string& job_id, const Page& page) = 0;

  // By frame; of each frame the report of the attempt that counts (the committed one, before that the newest).
  // Errors: NOT_FOUND, INVALID_ARGUMENT (page).
  virtual absl::StatusOr<Paged<FrameReport>> Frames(const std::string& job_id, const Page& page) = 0;

  // Log text that `read` does not hold yet, at most about 256 KiB, attempts in the order of their creation; empty
  // when there is nothing new. Moves `read` forward. Errors: NOT_FOUND.
  virtual absl::StatusOr<std::vector<LogText>> ReadLogs(const std::string& job_id, LogCursor& read) = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_JOB_BOOK_H_
