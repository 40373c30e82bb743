// One try of a task on one worker: what it is told, what it reports and how it ends.
#ifndef INTERNEG_SERVER_SCHEDULING_ATTEMPT_H_
#define INTERNEG_SERVER_SCHEDULING_ATTEMPT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/scheduling/state.h"

namespace interneg::scheduling {

struct AttemptKey {
  std::string task_id;
  std::uint32_t attempt_no = 0;
  friend auto operator<=>(const AttemptKey&, const AttemptKey&) = default;
};

// What every write of a worker carries. The token is the secret part: a write with another one is stale.
struct AttemptRef {
  AttemptKey key;
  std::string token;
  friend auto operator<=>(const AttemptRef&, const AttemptRef&) = default;
};

struct Failure {
  FailureKind kind = FailureKind::kInternal;
  std::string message;
  std::string remedy;
  friend bool operator==(const Failure&, const Failure&) = default;
};

// A file that an attempt wrote, relative to the attempt's folder.
struct OutputFile {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string sha256;
  friend bool operator==(const OutputFile&, const OutputFile&) = default;
};

enum class Outcome { kSucceeded, kPartial, kFailed, kPreempted };

struct AttemptResult {
  Outcome outcome = Outcome::kFailed;
  // Set when the outcome is kFailed (a process that ended without a result: FailureKind::kCrash and how it ended).
  std::optional<Failure> failure;
  std::vector<OutputFile> manifest;
};

// Whether an attempt that a worker speaks for is still the live one. kStale is no error: the worker must kill its
// engine and forget the attempt.
enum class Standing { kLive, kStale };

struct Progress {
  std::string phase;
  std::uint32_t done = 0;
  // 0 while unknown.
  std::uint32_t total = 0;
  double rate = 0.0;
  std::optional<double> loss;
  double remaining_seconds = 0.0;
  friend bool operator==(const Progress&, const Progress&) = default;
};

struct EngineStart {
  std::string engine_version;
  std::uint32_t job_schema = 0;
  std::string device;
  std::string device_description;
};

struct LossPoint {
  std::uint32_t step = 0;
  double loss = 0.0;
  double learning_rate = 0.0;
};

struct Measure {
  std::string name;
  double value = 0.0;
  std::string subject;
  std::string scope;
  std::optional<std::uint32_t> step;
  std::optional<int> frame;
};

// A checkpoint whose bytes are (or will be) in the artifact store under `sha256`.
struct CheckpointReport {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::uint32_t step = 0;
  std::uint32_t total_steps = 0;
  // The checkpoint to render with, as of now.
  bool best = false;
  std::optional<double> score;
  // Empty for the first.
  std::string parent_sha256;
};

struct ArtifactReport {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::string kind;
  std::string media_type;
  std::string name;
  std::optional<std::uint32_t> step;
};

// One frame with its held-plane proof; `error` is set instead of a file when it could not be rendered.
struct FrameReport {
  int frame = 0;
  OutputFile file;
  double composed_error = 0.0;
  double written_error = 0.0;
  double written_share_of_bound = 0.0;
  bool proven = false;
  double gamut_scaled_share = 0.0;
  std::string error;
};

enum class NoticeLevel { kInfo, kWarning };

struct Notice {
  NoticeLevel level = NoticeLevel::kInfo;
  std::string text;
};

struct AdjustedReport {
  std::uint32_t adjustment_no = 0;
  std::uint32_t step = 0;
  std::string text;
};

// What an engine reports while it runs. `Progress` here is kept as the latest only, never as an event.
using EventBody = std::variant<EngineStart, Progress, LossPoint, Measure, CheckpointReport, ArtifactReport, FrameReport,
                               Notice, AdjustedReport>;

struct AttemptEvent {
  // 1, 2, 3 … within the attempt.
  std::uint32_t sequence = 0;
  double elapsed_seconds = 0.0;
  EventBody body;
};

// Changes of a running training; 0: unchanged.
struct Adjustment {
  std::uint32_t adjustment_no = 0;
  std::uint32_t steps = 0;
  double learning_rate = 0.0;
  std::uint32_t checkpoint_interval_steps = 0;
  std::uint32_t contact_sheet_interval_steps = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_ATTEMPT_H_
