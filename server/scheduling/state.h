// The words of the state machine (docs/state-machine.md) and which state may follow which.
//
// `scheduling` owns what a job, a task and an attempt are and the rules by which they move. It includes no proto, no
// database and no metrics header: callers above (`rpc`) translate their messages into these types, and `storage`
// keeps them on PostgreSQL behind the interfaces declared here.
#ifndef INTERNEG_SERVER_SCHEDULING_STATE_H_
#define INTERNEG_SERVER_SCHEDULING_STATE_H_

#include <string>
#include <string_view>

namespace interneg::scheduling {

enum class JobKind { kProbe, kTrain, kRender, kMatch, kCurate, kAlign, kBaseline };
enum class JobState { kPending, kRunning, kSucceeded, kPartial, kFailed, kCancelled };

enum class TaskKind { kProbe, kTrain, kRender, kPublish, kMatch, kCurate, kAlign, kBaseline };
enum class TaskState { kBlocked, kReady, kPaused, kRunning, kSucceeded, kFailed, kCancelled };

// kOffered and kRunning are the live states; a task has at most one live attempt.
enum class AttemptState {
  kOffered,
  kRunning,
  kSucceeded,
  kFailed,
  kPreempted,
  kLost,
  kCancelled,
  kRejected,
  kExpired,
};

enum class DeviceKind { kCpu, kCuda };
enum class WorkerState { kOnline, kOffline, kDraining, kQuarantined };
enum class Role { kViewer, kArtist, kSupervisor, kAdmin, kWorker };

// Why an attempt failed. kCrash is the server's own word for a process that ended without a result.
enum class FailureKind { kBadInput, kOutOfMemory, kStorage, kDiverged, kInternal, kCrash };

enum class StopReason { kCancelled, kPreempted, kPaused };

// The lower_snake names that the database stores ("running", "out_of_memory").
std::string_view Name(JobKind kind);
std::string_view Name(JobState state);
std::string_view Name(TaskKind kind);
std::string_view Name(TaskState state);
std::string_view Name(AttemptState state);
std::string_view Name(DeviceKind kind);
std::string_view Name(WorkerState state);
std::string_view Name(Role role);
std::string_view Name(FailureKind kind);
std::string_view Name(StopReason reason);

// The value that has this name; false when there is none, and `value` is untouched.
bool FromName(std::string_view name, JobKind& value);
bool FromName(std::string_view name, JobState& value);
bool FromName(std::string_view name, TaskKind& value);
bool FromName(std::string_view name, TaskState& value);
bool FromName(std::string_view name, AttemptState& value);
bool FromName(std::string_view name, DeviceKind& value);
bool FromName(std::string_view name, WorkerState& value);
bool FromName(std::string_view name, Role& value);
bool FromName(std::string_view name, FailureKind& value);
bool FromName(std::string_view name, StopReason& value);

bool IsFinal(JobState state);
bool IsFinal(TaskState state);
bool IsFinal(AttemptState state);

// Whether `to` may follow `from`. A state never follows itself; nothing follows a final state.
bool MayFollow(JobState from, JobState to);
bool MayFollow(TaskState from, TaskState to);
bool MayFollow(AttemptState from, AttemptState to);

// All but training and rendering take no device; a worker runs a bounded number of them beside its devices.
bool IsLight(TaskKind kind);

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_STATE_H_
