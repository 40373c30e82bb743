// A worker as the scheduler knows it, and what passes between it and the scheduler.
#ifndef INTERNEG_SERVER_SCHEDULING_WORKER_H_
#define INTERNEG_SERVER_SCHEDULING_WORKER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/scheduling/attempt.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/state.h"

namespace interneg::scheduling {

struct Device {
  std::string uuid;
  DeviceKind kind = DeviceKind::kCpu;
  std::string model;
  std::uint64_t memory_bytes = 0;
  std::uint32_t cores = 0;
  std::uint32_t ordinal = 0;
};

struct DeviceUse {
  std::string uuid;
  std::uint64_t memory_used_bytes = 0;
};

struct RunningAttempt {
  AttemptKey key;
  std::string job_id;
  TaskKind kind = TaskKind::kProbe;
};

struct Worker {
  std::string worker_id;
  std::string name;
  std::string host;
  WorkerState state = WorkerState::kOffline;
  std::string pool;
  std::vector<std::string> tags;
  std::string version;
  std::vector<Device> devices;
  std::vector<RunningAttempt> running;
  std::optional<Instant> last_seen_at;
};

// What a daemon says when its stream opens.
struct WorkerHello {
  std::string name;
  std::string host;
  // New at every start of the daemon.
  std::string incarnation;
  std::uint32_t job_schema = 0;
  std::string version;
  std::string pool;
  std::vector<std::string> tags;
  std::vector<Device> devices;
  std::vector<std::string> roots;
  std::vector<AttemptRef> running;
  std::vector<AttemptRef> unacknowledged;
};

// One opened stream. A newer stream of the same worker has a higher epoch and fences the older ones.
struct WorkerSession {
  std::string worker_id;
  std::uint64_t epoch = 0;
};

struct Attachment {
  WorkerSession session;
  // Of the attempts that Hello named: those that may go on, and those to be killed and forgotten.
  std::vector<AttemptRef> live;
  std::vector<AttemptRef> stale;
};

struct Heartbeat {
  WorkerSession session;
  // Attempts, accepted or running, whose leases this renews.
  std::vector<AttemptRef> attempts;
  std::vector<DeviceUse> device_use;
  // The token under which the session stands; empty: not asked after.
  std::string token_id = {};
};

struct Renewal {
  // FAILED_PRECONDITION: a newer session has taken over (or the worker is gone); then nothing was renewed.
  // kTokenOver: the session's token has expired or was revoked meanwhile; nothing was renewed either.
  enum class Session { kCurrent, kFenced, kTokenOver } session = Session::kCurrent;
  std::vector<AttemptRef> renewed;
  std::vector<AttemptRef> stale;
};

// Everything a worker needs to run one attempt, but for what only it knows.
struct Offer {
  AttemptRef attempt;
  std::string job_id;
  std::string project_id;
  TaskKind kind = TaskKind::kProbe;
  std::string spec;
  std::string spec_sha256;
  // Fileseq syntax; empty: all frames of the job.
  std::string frames;
  // Render: `root:folder/.interneg/<task id>.<attempt no>`. Publish: that folder of the *render* attempt whose files
  // are to be published.
  std::string output_folder;
  // The device reserved; for light tasks kCpu and an empty uuid.
  DeviceKind device_kind = DeviceKind::kCpu;
  std::string device_uuid;
  std::uint32_t device_ordinal = 0;
  // The model that is rendered with or whose weights a training begins with; a training's newest committed checkpoint to go
  // on from. Empty: none.
  std::string checkpoint_sha256;
  std::string resume_sha256;
  // Documents of earlier stages: role and hash.
  std::vector<std::pair<std::string, std::string>> inputs;
  // Publish: the committed render attempt's files.
  std::vector<OutputFile> manifest;
  // Sparse facts for the headers of the frames (job, project, shot, checkpoint).
  std::vector<std::pair<std::string, std::string>> provenance;
};

// What a worker should be told now. Everything here repeats until it is done: offers until accepted, rejected or
// expired, stops until the attempt has ended, adjustments until the attempt has reported them applied. Repeating is
// harmless; the caller may leave out what it has already sent on the same stream.
struct Outbox {
  std::string worker_id;
  // kFenced: a newer session has taken over; end the stream with FAILED_PRECONDITION.
  Renewal::Session session = Renewal::Session::kCurrent;
  std::vector<Offer> offers;
  std::vector<std::pair<AttemptRef, StopReason>> stops;
  std::vector<std::pair<AttemptRef, Adjustment>> adjustments;
  bool draining = false;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_WORKER_H_
