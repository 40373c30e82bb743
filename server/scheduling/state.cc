#include "server/scheduling/state.h"

#include <array>
#include <cstddef>
#include <utility>

namespace interneg::scheduling {
namespace {

// One table a type, in the order of its enumerators.
constexpr std::array<std::string_view, 7> kJobKinds = {"probe",  "train", "render",  "match",
                                                       "curate", "align", "baseline"};
constexpr std::array<std::string_view, 6> kJobStates = {"pending", "running", "succeeded",
                                                        "partial", "failed",  "cancelled"};
constexpr std::array<std::string_view, 8> kTaskKinds = {"probe", "train",  "render", "publish",
                                                        "match", "curate", "align",  "baseline"};
constexpr std::array<std::string_view, 7> kTaskStates = {"blocked",   "ready",  "paused",   "running",
                                                         "succeeded", "failed", "cancelled"};
constexpr std::array<std::string_view, 9> kAttemptStates = {"offered", "running",   "succeeded", "failed", "preempted",
                                                            "lost",    "cancelled", "rejected",  "expired"};
constexpr std::array<std::string_view, 2> kDeviceKinds = {"cpu", "cuda"};
constexpr std::array<std::string_view, 4> kWorkerStates = {"online", "offline", "draining", "quarantined"};
constexpr std::array<std::string_view, 5> kRoles = {"viewer", "artist", "supervisor", "admin", "worker"};
constexpr std::array<std::string_view, 6> kFailureKinds = {"bad_input", "out_of_memory", "storage",
                                                           "diverged",  "internal",      "crash"};
constexpr std::array<std::string_view, 3> kStopReasons = {"cancelled", "preempted", "paused"};

template <typename Value, std::size_t size>
bool Find(const std::array<std::string_view, size>& names, std::string_view name, Value& value) {
  for (std::size_t i = 0; i < size; ++i) {
    if (names[i] != name) continue;
    value = static_cast<Value>(i);
    return true;
  }
  return false;
}

template <std::size_t size, typename Value>
std::string_view At(const std::array<std::string_view, size>& names, Value value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view Name(JobKind kind) { return At(kJobKinds, kind); }
std::string_view Name(JobState state) { return At(kJobStates, state); }
std::string_view Name(TaskKind kind) { return At(kTaskKinds, kind); }
std::string_view Name(TaskState state) { return At(kTaskStates, state); }
std::string_view Name(AttemptState state) { return At(kAttemptStates, state); }
std::string_view Name(DeviceKind kind) { return At(kDeviceKinds, kind); }
std::string_view Name(WorkerState state) { return At(kWorkerStates, state); }
std::string_view Name(Role role) { return At(kRoles, role); }
std::string_view Name(FailureKind kind) { return At(kFailureKinds, kind); }
std::string_view Name(StopReason reason) { return At(kStopReasons, reason); }

bool FromName(std::string_view name, JobKind& value) { return Find(kJobKinds, name, value); }
bool FromName(std::string_view name, JobState& value) { return Find(kJobStates, name, value); }
bool FromName(std::string_view name, TaskKind& value) { return Find(kTaskKinds, name, value); }
bool FromName(std::string_view name, TaskState& value) { return Find(kTaskStates, name, value); }
bool FromName(std::string_view name, AttemptState& value) { return Find(kAttemptStates, name, value); }
bool FromName(std::string_view name, DeviceKind& value) { return Find(kDeviceKinds, name, value); }
bool FromName(std::string_view name, WorkerState& value) { return Find(kWorkerStates, name, value); }
bool FromName(std::string_view name, Role& value) { return Find(kRoles, name, value); }
bool FromName(std::string_view name, FailureKind& value) { return Find(kFailureKinds, name, value); }
bool FromName(std::string_view name, StopReason& value) { return Find(kStopReasons, name, value); }

bool IsFinal(JobState state) { return state != JobState::kPending && state != JobState::kRunning; }
bool IsFinal(TaskState state) {
  return state == TaskState::kSucceeded || state == TaskState::kFailed || state == TaskState::kCancelled;
}
bool IsFinal(AttemptState state) { return state != AttemptState::kOffered && state != AttemptState::kRunning; }

bool MayFollow(JobState from, JobState to) {
  switch (from) {
    case JobState::kPending:
      return to == JobState::kRunning || to == JobState::kFailed || to == JobState::kCancelled;
    case JobState::kRunning:
      return IsFinal(to);
    default:
      return false;
  }
}

bool MayFollow(TaskState from, TaskState to) {
  switch (from) {
    case TaskState::kBlocked:
      return to == TaskState::kReady || to == TaskState::kCancelled;
    case TaskState::kReady:
      return to == TaskState::kRunning || to == TaskState::kPaused || to == TaskState::kFailed ||
             to == TaskState::kCancelled;
    case TaskState::kPaused:
      return to == TaskState::kReady || to == TaskState::kCancelled;
    case TaskState::kRunning:
      return to == TaskState::kReady || to == TaskState::kPaused || IsFinal(to);
    default:
      return false;
  }
}

bool MayFollow(AttemptState from, AttemptState to) {
  switch (from) {
    case AttemptState::kOffered:
      return to == AttemptState::kRunning || to == AttemptState::kRejected || to == AttemptState::kExpired ||
             to == AttemptState::kCancelled;
    case AttemptState::kRunning:
      return to == AttemptState::kSucceeded || to == AttemptState::kFailed || to == AttemptState::kPreempted ||
             to == AttemptState::kLost || to == AttemptState::kCancelled;
    default:
      return false;
  }
}

bool IsLight(TaskKind kind) { return kind == TaskKind::kProbe || kind == TaskKind::kPublish; }

}  // namespace interneg::scheduling
