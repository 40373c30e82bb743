#include "server/rpc/wire_attempt.h"

#include <fmt/format.h>

#include "server/scheduling/clock.h"

namespace interneg::rpc {
namespace {

v1::FailureKind ToWire(scheduling::FailureKind kind) {
  switch (kind) {
    case scheduling::FailureKind::kBadInput:
      return v1::FAILURE_KIND_BAD_INPUT;
    case scheduling::FailureKind::kOutOfMemory:
      return v1::FAILURE_KIND_OUT_OF_MEMORY;
    case scheduling::FailureKind::kStorage:
      return v1::FAILURE_KIND_STORAGE;
    case scheduling::FailureKind::kDiverged:
      return v1::FAILURE_KIND_DIVERGED;
    case scheduling::FailureKind::kInternal:
    case scheduling::FailureKind::kCrash:
      break;
  }
  return v1::FAILURE_KIND_INTERNAL;
}

scheduling::FailureKind Read(v1::FailureKind kind) {
  switch (kind) {
    case v1::FAILURE_KIND_BAD_INPUT:
      return scheduling::FailureKind::kBadInput;
    case v1::FAILURE_KIND_OUT_OF_MEMORY:
      return scheduling::FailureKind::kOutOfMemory;
    case v1::FAILURE_KIND_STORAGE:
      return scheduling::FailureKind::kStorage;
    case v1::FAILURE_KIND_DIVERGED:
      return scheduling::FailureKind::kDiverged;
    default:
      return scheduling::FailureKind::kInternal;
  }
}

scheduling::OutputFile Read(const v1::OutputFile& wire) {
  return {wire.name(), wire.size_bytes(), wire.sha256()};
}

template <class Wire>
std::optional<std::uint32_t> StepOf(const Wire& wire) {
  return wire.has_step() ? std::optional<std::uint32_t>(wire.step()) : std::nullopt;
}

scheduling::Measure Read(const v1::Measure& wire) {
  return {wire.name(),  wire.value(), wire.subject(),
          wire.scope(), StepOf(wire), wire.has_frame() ? std::optional<int>(wire.frame()) : std::nullopt};
}

scheduling::ArtifactReport Read(const v1::LocalArtifact& wire) {
  return {wire.file().sha256(), wire.file().size_bytes(), wire.kind(),
          wire.media_type(),    wire.file().name(),       StepOf(wire)};
}

scheduling::CheckpointReport Read(const v1::LocalCheckpoint& wire) {
  return {wire.file().sha256(), wire.file().size_bytes(),
          wire.step(),          wire.total_steps(),
          wire.best(),          wire.has_score() ? std::optional<double>(wire.score()) : std::nullopt,
          wire.parent_sha256()};
}

scheduling::FrameReport Read(const v1::RenderedFrame& wire) {
  return {wire.frame(),
          Read(wire.file()),
          wire.composed_error(),
          wire.written_error(),
          wire.written_share_of_bound(),
          wire.proven(),
          wire.gamut_scaled_share(),
          wire.error()};
}

scheduling::Failure Crash(const v1::Result& wire) {
  return {scheduling::FailureKind::kCrash,
          wire.process_end().empty() ? "the engine ended without a result"
                                     : fmt::format("the engine ended without a result: {}", wire.process_end()),
          "read the job's log for what went before"};
}

}  // namespace

absl::StatusOr<scheduling::AttemptRef> ReadAttemptRef(const v1::AttemptRef& wire) {
  if (!scheduling::IsUuid(wire.task_id()) || wire.attempt_no() == 0 || wire.token().empty()) {
    return absl::InvalidArgumentError("attempt: task_id, attempt_no and token of the offer are expected");
  }
  return scheduling::AttemptRef{{wire.task_id(), wire.attempt_no()}, wire.token()};
}

v1::AttemptRef ToWire(const scheduling::AttemptRef& attempt) {
  v1::AttemptRef wire;
  wire.set_task_id(attempt.key.task_id);
  wire.set_attempt_no(attempt.key.attempt_no);
  wire.set_token(attempt.token);
  return wire;
}

v1::EngineFailure ToWire(const scheduling::Failure& failure) {
  v1::EngineFailure wire;
  wire.set_kind(ToWire(failure.kind));
  wire.set_message(failure.message);
  wire.set_remedy(failure.remedy);
  return wire;
}

v1::EngineProgress ToWire(const scheduling::Progress& progress) {
  v1::EngineProgress wire;
  wire.set_phase(progress.phase);
  wire.set_done(progress.done);
  wire.set_total(progress.total);
  wire.set_rate(progress.rate);
  if (progress.loss) wire.set_loss(*progress.loss);
  wire.set_remaining_seconds(progress.remaining_seconds);
  return wire;
}

v1::LossPoint ToWire(const scheduling::LossPoint& point) {
  v1::LossPoint wire;
  wire.set_step(point.step);
  wire.set_loss(point.loss);
  wire.set_learning_rate(point.learning_rate);
  return wire;
}

v1::Measure ToWire(const scheduling::Measure& measure) {
  v1::Measure wire;
  wire.set_name(measure.name);
  wire.set_value(measure.value);
  wire.set_subject(measure.subject);
  wire.set_scope(measure.scope);
  if (measure.step) wire.set_step(*measure.step);
  if (measure.frame) wire.set_frame(*measure.frame);
  return wire;
}

v1::RenderedFrame ToWire(const scheduling::FrameReport& frame) {
  v1::RenderedFrame wire;
  wire.set_frame(frame.frame);
  if (frame.error.empty()) *wire.mutable_file() = ToWire(frame.file);
  wire.set_composed_error(frame.composed_error);
  wire.set_written_error(frame.written_error);
  wire.set_written_share_of_bound(frame.written_share_of_bound);
  wire.set_proven(frame.proven);
  wire.set_gamut_scaled_share(frame.gamut_scaled_share);
  wire.set_error(frame.error);
  return wire;
}

v1::Notice ToWire(const scheduling::Notice& notice) {
  v1::Notice wire;
  wire.set_level(notice.level == scheduling::NoticeLevel::kWarning ? v1::NOTICE_LEVEL_WARNING : v1::NOTICE_LEVEL_INFO);
  wire.set_text(notice.text);
  return wire;
}

v1::Adjusted ToWire(const scheduling::AdjustedReport& adjusted) {
  v1::Adjusted wire;
  wire.set_adjustment_no(adjusted.adjustment_no);
  wire.set_step(adjusted.step);
  wire.set_text(adjusted.text);
  return wire;
}

v1::OutputFile ToWire(const scheduling::OutputFile& file) {
  v1::OutputFile wire;
  wire.set_name(file.name);
  wire.set_size_bytes(file.size_bytes);
  wire.set_sha256(file.sha256);
  return wire;
}

v1::AdjustTraining ToWire(const scheduling::Adjustment& adjustment) {
  v1::AdjustTraining wire;
  wire.set_adjustment_no(adjustment.adjustment_no);
  wire.set_steps(adjustment.steps);
  wire.set_learning_rate(adjustment.learning_rate);
  wire.set_checkpoint_interval_steps(adjustment.checkpoint_interval_steps);
  wire.set_contact_sheet_interval_steps(adjustment.contact_sheet_interval_steps);
  return wire;
}

scheduling::Progress Read(const v1::EngineProgress& wire) {
  return {wire.phase(),
          wire.done(),
          wire.total(),
          wire.rate(),
          wire.has_loss() ? std::optional<double>(wire.loss()) : std::nullopt,
          wire.remaining_seconds()};
}

scheduling::Adjustment Read(const v1::AdjustTraining& wire) {
  return {wire.adjustment_no(), wire.steps(), wire.learning_rate(), wire.checkpoint_interval_steps(),
          wire.contact_sheet_interval_steps()};
}

scheduling::AttemptResult Read(const v1::Result& wire) {
  scheduling::AttemptResult result;
  for (const auto& file : wire.result().manifest()) result.manifest.push_back(Read(file));
  switch (wire.result().outcome()) {
    case v1::ENGINE_OUTCOME_SUCCEEDED:
      result.outcome = scheduling::Outcome::kSucceeded;
      return result;
    case v1::ENGINE_OUTCOME_PARTIAL:
      result.outcome = scheduling::Outcome::kPartial;
      return result;
    case v1::ENGINE_OUTCOME_PREEMPTED:
      result.outcome = scheduling::Outcome::kPreempted;
      return result;
    case v1::ENGINE_OUTCOME_FAILED: {
      const auto& failure = wire.result().failure();
      result.failure = scheduling::Failure{Read(failure.kind()), failure.message(), failure.remedy()};
      return result;
    }
    default:
      result.failure = Crash(wire);
      return result;
  }
}

absl::StatusOr<scheduling::AttemptEvent> ReadEvent(const v1::EngineEvent& wire) {
  scheduling::AttemptEvent event{wire.sequence(), wire.elapsed_seconds(), scheduling::Progress()};
  switch (wire.event_case()) {
    case v1::EngineEvent::kStarted:
      event.body = scheduling::EngineStart{wire.started().engine_version(), wire.started().job_schema(),
                                           wire.started().device(), wire.started().device_description()};
      return event;
    case v1::EngineEvent::kProgress:
      event.body = Read(wire.progress());
      return event;
    case v1::EngineEvent::kLoss:
      event.body = scheduling::LossPoint{wire.loss().step(), wire.loss().loss(), wire.loss().learning_rate()};
      return event;
    case v1::EngineEvent::kMeasure:
      event.body = Read(wire.measure());
      return event;
    case v1::EngineEvent::kArtifact:
      event.body = Read(wire.artifact());
      return event;
    case v1::EngineEvent::kCheckpoint:
      event.body = Read(wire.checkpoint());
      return event;
    case v1::EngineEvent::kFrame:
      event.body = Read(wire.frame());
      return event;
    case v1::EngineEvent::kNotice:
      event.body =
          scheduling::Notice{wire.notice().level() == v1::NOTICE_LEVEL_WARNING ? scheduling::NoticeLevel::kWarning
                                                                               : scheduling::NoticeLevel::kInfo,
                             wire.notice().text()};
      return event;
    case v1::EngineEvent::kAdjusted:
      event.body =
          scheduling::AdjustedReport{wire.adjusted().adjustment_no(), wire.adjusted().step(), wire.adjusted().text()};
      return event;
    case v1::EngineEvent::kResult:
      return absl::InvalidArgumentError(
          fmt::format("events: sequence {} is the attempt's result, which goes through Attach", wire.sequence()));
    case v1::EngineEvent::EVENT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(fmt::format("events: sequence {} holds no event", wire.sequence()));
}

}  // namespace interneg::rpc
