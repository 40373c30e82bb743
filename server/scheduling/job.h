// What a person asked for. The job document itself stays opaque text here; `JobFacts` are the few facts of it that
// the rules need, parsed by the caller.
#ifndef INTERNEG_SERVER_SCHEDULING_JOB_H_
#define INTERNEG_SERVER_SCHEDULING_JOB_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/scheduling/attempt.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/media_frames.h"
#include "server/scheduling/state.h"

namespace interneg::scheduling {

// Whether published frames that already stand in the output folder may be replaced.
enum class Replacement { kRefuse, kReplace };

// A document of an earlier stage that a job reads.
struct JobInput {
  // What it is to the job ("frame_map", "previous" …; each once), and the kind of artifact that it is.
  std::string role;
  std::string kind;
  // Exactly one of the two. The job becomes a dependency; the newest document of that kind that it made is taken at the
  // offer.
  std::string sha256;
  std::string job_id;
  // Its place in the document, for messages.
  std::string field;
};

struct JobFacts {
  JobKind kind = JobKind::kProbe;
  // The schema version that the document needs; never offered to a worker that knows less.
  std::uint32_t job_schema = 1;
  // Render: the frames to render, ascending and unique; never empty. Empty for other kinds.
  std::vector<int> frames;
  // Names of every root that the job's locations use; only a worker that maps all of them is offered the job.
  std::vector<std::string> roots;
  // Tags that a worker must have, all of them.
  std::vector<std::string> tags;
  // Unset: any device will do.
  std::optional<DeviceKind> device_kind;
  // Least memory of the device; 0: unknown.
  std::uint64_t device_memory_bytes = 0;

  // Render: `root:folder/name` of the published frames, taken apart. `output_folder` has no trailing slash and may
  // be empty (the root itself); `output_name` is the file name pattern.
  std::string output_root;
  std::string output_folder;
  std::string output_name;
  Replacement replacement = Replacement::kRefuse;
  // Frames of one task; 0: the server chooses (8–32).
  std::uint32_t chunk_frames = 0;
  // The model that a job begins with. Render: exactly one of the two; training: at most one, for its initial weights.
  // The job named becomes a dependency, its best checkpoint is taken at the claim.
  std::string train_job_id;
  std::string checkpoint_sha256;
  std::vector<JobInput> inputs;
};

// A recorded medium that a job looks at, with the frames that the job's document names in its place.
struct JobMedium {
  std::string media_id;
  MediaFrames frames;
};

struct JobRequest {
  // UUID of the caller's; with the principal it makes a submission idempotent.
  std::string request_id;
  std::string project_id;
  std::string shot;
  // The document's canonical JSON bytes and their SHA-256 in lower-case hex.
  std::string spec;
  std::string spec_sha256;
  JobFacts facts;
  // −100…100; higher first.
  int priority = 0;
  std::vector<std::string> depends_on;
  // Empty: any pool.
  std::string pool;
  // In the document's order; empty: none of its media is recorded.
  std::vector<JobMedium> media;
};

struct Job {
  std::string job_id;
  std::string project_id;
  std::string shot;
  JobKind kind = JobKind::kProbe;
  JobState state = JobState::kPending;
  int priority = 0;
  std::string pool;
  std::string spec;
  std::string spec_sha256;
  std::string submitted_by;
  Instant created_at;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  std::vector<std::string> depends_on;
  int tasks_total = 0;
  // Tasks in a final state.
  int tasks_done = 0;
  std::optional<Failure> failure;
  // The latest, over all running attempts.
  std::optional<Progress> progress;
  // Of a training: the committed checkpoint to render with; empty before the first.
  std::string best_checkpoint_sha256;
  // What a pending job waits for, for people; "stopping" while a cancelled job still has running attempts.
  std::string waiting_reason;
};

struct AttemptView {
  AttemptKey key;
  std::string job_id;
  AttemptState state = AttemptState::kOffered;
  // The worker's name.
  std::string worker;
  std::optional<Failure> failure;
};

struct Task {
  std::string task_id;
  TaskKind kind = TaskKind::kProbe;
  TaskState state = TaskState::kBlocked;
  // The frames of a render or publish task in fileseq syntax ("1001-1024"); empty: the whole job.
  std::string frames;
  std::vector<AttemptView> attempts;
};

struct JobFilter {
  // Empty: every visible project.
  std::string project_id;
  std::vector<JobState> states;
  std::vector<JobKind> kinds;
  std::string shot;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_JOB_H_
