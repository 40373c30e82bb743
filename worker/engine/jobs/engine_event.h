// What passes between daemon and engine while an attempt runs, as plain structs: events out, commands in. Mirrors
// EngineEvent and EngineCommand of proto/interneg/v1/engine.proto, where the meaning of each field is written.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ENGINE_EVENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ENGINE_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "worker/engine/jobs/assignment.h"

namespace interneg::jobs {

enum class NoticeLevel { kUnspecified, kInfo, kWarning };
enum class EngineOutcome { kUnspecified, kSucceeded, kPartial, kFailed, kPreempted };
enum class FailureKind { kUnspecified, kBadInput, kOutOfMemory, kStorage, kDiverged, kInternal };

struct EngineStarted {
  std::string engine_version;
  std::uint32_t job_schema = 0;
  std::string device;
  std::string device_description;
  friend bool operator==(const EngineStarted&, const EngineStarted&) = default;
};

struct EngineProgress {
  std::string phase;
  std::uint32_t done = 0;
  std::uint32_t total = 0;
  double rate = 0;
  std::optional<double> loss;
  double remaining_seconds = 0;
  friend bool operator==(const EngineProgress&, const EngineProgress&) = default;
};

struct LossPoint {
  std::uint32_t step = 0;
  double loss = 0;
  double learning_rate = 0;
  friend bool operator==(const LossPoint&, const LossPoint&) = default;
};

struct Measure {
  std::string name;
  double value = 0;
  std::string subject;
  std::string scope;
  std::optional<std::uint32_t> step;
  std::optional<std::int32_t> frame;
  friend bool operator==(const Measure&, const Measure&) = default;
};

struct LocalArtifact {
  std::string kind;
  std::optional<OutputFile> file;
  std::string media_type;
  std::optional<std::uint32_t> step;
  friend bool operator==(const LocalArtifact&, const LocalArtifact&) = default;
};

struct LocalCheckpoint {
  std::optional<OutputFile> file;
  std::uint32_t step = 0;
  std::uint32_t total_steps = 0;
  bool best = false;
  std::optional<double> score;
  std::string parent_sha256;
  friend bool operator==(const LocalCheckpoint&, const LocalCheckpoint&) = default;
};

struct RenderedFrame {
  std::int32_t frame = 0;
  std::optional<OutputFile> file;
  double composed_error = 0;
  double written_error = 0;
  double written_share_of_bound = 0;
  bool proven = false;
  double gamut_scaled_share = 0;
  std::string error;
  friend bool operator==(const RenderedFrame&, const RenderedFrame&) = default;
};

// A frame that was delivered without a proof because its recovery holds no plane (combined, direct): the proof's fields
// are then absent. A frame of another recovery is delivered only when it is proven.
inline bool HoldsNothing(const RenderedFrame& frame) {
  return frame.error.empty() && !frame.proven;
}

struct Notice {
  NoticeLevel level = NoticeLevel::kUnspecified;
  std::string text;
  friend bool operator==(const Notice&, const Notice&) = default;
};

struct Adjusted {
  std::uint32_t adjustment_no = 0;
  std::uint32_t step = 0;
  std::string text;
  friend bool operator==(const Adjusted&, const Adjusted&) = default;
};

struct EngineFailure {
  FailureKind kind = FailureKind::kUnspecified;
  std::string message;
  std::string remedy;
  friend bool operator==(const EngineFailure&, const EngineFailure&) = default;
};

struct EngineResult {
  EngineOutcome outcome = EngineOutcome::kUnspecified;
  std::optional<EngineFailure> failure;
  std::vector<OutputFile> manifest;
  friend bool operator==(const EngineResult&, const EngineResult&) = default;
};

using EventBody = std::variant<std::monostate, EngineStarted, EngineProgress, LossPoint, Measure, LocalArtifact,
                               LocalCheckpoint, RenderedFrame, Notice, Adjusted, EngineResult>;

struct EngineEvent {
  std::uint32_t sequence = 0;
  double elapsed_seconds = 0;
  EventBody event;
  friend bool operator==(const EngineEvent&, const EngineEvent&) = default;
};

struct RenewLease {
  double seconds = 0;
  friend bool operator==(const RenewLease&, const RenewLease&) = default;
};

struct AdjustTraining {
  std::uint32_t adjustment_no = 0;
  std::uint32_t steps = 0;
  double learning_rate = 0;
  std::uint32_t checkpoint_interval_steps = 0;
  std::uint32_t contact_sheet_interval_steps = 0;
  friend bool operator==(const AdjustTraining&, const AdjustTraining&) = default;
};

struct EngineCommand {
  std::variant<std::monostate, RenewLease, AdjustTraining> command;
  friend bool operator==(const EngineCommand&, const EngineCommand&) = default;
};

// Each on one line, without the line's end. The parsers throw DocumentError (json_reader.h).
std::string ToJson(const EngineEvent& event);
std::string ToJson(const EngineCommand& command);
EngineEvent ParseEngineEvent(std::string_view json);
EngineCommand ParseEngineCommand(std::string_view json);

// "bad input", "out of memory" … for messages.
std::string_view NameOf(FailureKind kind);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ENGINE_EVENT_H_
