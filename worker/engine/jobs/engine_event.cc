#include "worker/engine/jobs/engine_event.h"

#include "worker/engine/jobs/json_reader.h"
#include "worker/engine/jobs/json_writer.h"

namespace interneg::jobs {

EnumNames<NoticeLevel> NamesOf(EnumTag<NoticeLevel>) {
  static constexpr std::pair<NoticeLevel, const char*> kNames[] = {
      {NoticeLevel::kUnspecified, "NOTICE_LEVEL_UNSPECIFIED"},
      {NoticeLevel::kInfo, "NOTICE_LEVEL_INFO"},
      {NoticeLevel::kWarning, "NOTICE_LEVEL_WARNING"}};
  return kNames;
}

EnumNames<EngineOutcome> NamesOf(EnumTag<EngineOutcome>) {
  static constexpr std::pair<EngineOutcome, const char*> kNames[] = {
      {EngineOutcome::kUnspecified, "ENGINE_OUTCOME_UNSPECIFIED"},
      {EngineOutcome::kSucceeded, "ENGINE_OUTCOME_SUCCEEDED"},
      {EngineOutcome::kPartial, "ENGINE_OUTCOME_PARTIAL"},
      {EngineOutcome::kFailed, "ENGINE_OUTCOME_FAILED"},
      {EngineOutcome::kPreempted, "ENGINE_OUTCOME_PREEMPTED"}};
  return kNames;
}

EnumNames<FailureKind> NamesOf(EnumTag<FailureKind>) {
  static constexpr std::pair<FailureKind, const char*> kNames[] = {
      {FailureKind::kUnspecified, "FAILURE_KIND_UNSPECIFIED"},   {FailureKind::kBadInput, "FAILURE_KIND_BAD_INPUT"},
      {FailureKind::kOutOfMemory, "FAILURE_KIND_OUT_OF_MEMORY"}, {FailureKind::kStorage, "FAILURE_KIND_STORAGE"},
      {FailureKind::kDiverged, "FAILURE_KIND_DIVERGED"},         {FailureKind::kInternal, "FAILURE_KIND_INTERNAL"}};
  return kNames;
}

void Describe(auto& fields, Either<EngineStarted> auto& started) {
  fields.Field("engineVersion", started.engine_version);
  fields.Field("jobSchema", started.job_schema);
  fields.Field("device", started.device);
  fields.Field("deviceDescription", started.device_description);
}

void Describe(auto& fields, Either<EngineProgress> auto& progress) {
  fields.Field("phase", progress.phase);
  fields.Field("done", progress.done);
  fields.Field("total", progress.total);
  fields.Field("rate", progress.rate);
  fields.Field("loss", progress.loss);
  fields.Field("remainingSeconds", progress.remaining_seconds);
}

void Describe(auto& fields, Either<LossPoint> auto& point) {
  fields.Field("step", point.step);
  fields.Field("loss", point.loss);
  fields.Field("learningRate", point.learning_rate);
}

void Describe(auto& fields, Either<Measure> auto& measure) {
  fields.Field("name", measure.name);
  fields.Field("value", measure.value);
  fields.Field("subject", measure.subject);
  fields.Field("scope", measure.scope);
  fields.Field("step", measure.step);
  fields.Field("frame", measure.frame);
}

void Describe(auto& fields, Either<LocalArtifact> auto& artifact) {
  fields.Field("kind", artifact.kind);
  fields.Field("file", artifact.file);
  fields.Field("mediaType", artifact.media_type);
  fields.Field("step", artifact.step);
}

void Describe(auto& fields, Either<LocalCheckpoint> auto& checkpoint) {
  fields.Field("file", checkpoint.file);
  fields.Field("step", checkpoint.step);
  fields.Field("totalSteps", checkpoint.total_steps);
  fields.Field("best", checkpoint.best);
  fields.Field("score", checkpoint.score);
  fields.Field("parentSha256", checkpoint.parent_sha256);
}

void Describe(auto& fields, Either<RenderedFrame> auto& frame) {
  fields.Field("frame", frame.frame);
  fields.Field("file", frame.file);
  fields.Field("composedError", frame.composed_error);
  fields.Field("writtenError", frame.written_error);
  fields.Field("writtenShareOfBound", frame.written_share_of_bound);
  fields.Field("proven", frame.proven);
  fields.Field("gamutScaledShare", frame.gamut_scaled_share);
  fields.Field("error", frame.error);
}

void Describe(auto& fields, Either<Notice> auto& notice) {
  fields.Field("level", notice.level);
  fields.Field("text", notice.text);
}

void Describe(auto& fields, Either<Adjusted> auto& adjusted) {
  fields.Field("adjustmentNo", adjusted.adjustment_no);
  fields.Field("step", adjusted.step);
  fields.Field("text", adjusted.text);
}

void Describe(auto& fields, Either<EngineFailure> auto& failure) {
  fields.Field("kind", failure.kind);
  fields.Field("message", failure.message);
  fields.Field("remedy", failure.remedy);
}

void Describe(auto& fields, Either<EngineResult> auto& result) {
  fields.Field("outcome", result.outcome);
  fields.Field("failure", result.failure);
  fields.Field("manifest", result.manifest);
}

void Describe(auto& fields, Either<EngineEvent> auto& event) {
  fields.Field("sequence", event.sequence);
  fields.Field("elapsedSeconds", event.elapsed_seconds);
  fields.OneOf(event.event, std::array{"started", "progress", "loss", "measure", "artifact", "checkpoint", "frame",
                                       "notice", "adjusted", "result"});
}

void Describe(auto& fields, Either<RenewLease> auto& renew) {
  fields.Field("seconds", renew.seconds);
}

void Describe(auto& fields, Either<AdjustTraining> auto& adjust) {
  fields.Field("adjustmentNo", adjust.adjustment_no);
  fields.Field("steps", adjust.steps);
  fields.Field("learningRate", adjust.learning_rate);
  fields.Field("checkpointIntervalSteps", adjust.checkpoint_interval_steps);
  fields.Field("contactSheetIntervalSteps", adjust.contact_sheet_interval_steps);
}

void Describe(auto& fields, Either<EngineCommand> auto& command) {
  fields.OneOf(command.command, std::array{"renew", "adjust"});
}

std::string ToJson(const EngineEvent& event) {
  return WriteDocument(event);
}
std::string ToJson(const EngineCommand& command) {
  return WriteDocument(command);
}
EngineEvent ParseEngineEvent(std::string_view json) {
  return ReadDocument<EngineEvent>(json, "engine event");
}
EngineCommand ParseEngineCommand(std::string_view json) {
  return ReadDocument<EngineCommand>(json, "engine command");
}

std::string_view NameOf(FailureKind kind) {
  switch (kind) {
    case FailureKind::kBadInput:
      return "bad input";
    case FailureKind::kOutOfMemory:
      return "out of memory";
    case FailureKind::kStorage:
      return "storage";
    case FailureKind::kDiverged:
      return "training diverged";
    case FailureKind::kInternal:
      return "internal";
    case FailureKind::kUnspecified:
      break;
  }
  return "unspecified";
}

}  // namespace interneg::jobs
