#include "server/rpc/wire_job.h"

#include <variant>

#include "server/rpc/wire_attempt.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

v1::JobKind ToWire(scheduling::JobKind kind) {
  switch (kind) {
    case scheduling::JobKind::kProbe:
      return v1::JOB_KIND_PROBE;
    case scheduling::JobKind::kTrain:
      return v1::JOB_KIND_TRAIN;
    case scheduling::JobKind::kRender:
      return v1::JOB_KIND_RENDER;
    case scheduling::JobKind::kMatch:
      return v1::JOB_KIND_MATCH;
    case scheduling::JobKind::kCurate:
      return v1::JOB_KIND_CURATE;
    case scheduling::JobKind::kAlign:
      return v1::JOB_KIND_ALIGN;
    case scheduling::JobKind::kBaseline:
      return v1::JOB_KIND_BASELINE;
  }
  return v1::JOB_KIND_UNSPECIFIED;
}

v1::JobState ToWire(scheduling::JobState state) {
  switch (state) {
    case scheduling::JobState::kPending:
      return v1::JOB_STATE_PENDING;
    case scheduling::JobState::kRunning:
      return v1::JOB_STATE_RUNNING;
    case scheduling::JobState::kSucceeded:
      return v1::JOB_STATE_SUCCEEDED;
    case scheduling::JobState::kPartial:
      return v1::JOB_STATE_PARTIAL;
    case scheduling::JobState::kFailed:
      return v1::JOB_STATE_FAILED;
    case scheduling::JobState::kCancelled:
      return v1::JOB_STATE_CANCELLED;
  }
  return v1::JOB_STATE_UNSPECIFIED;
}

v1::TaskState ToWire(scheduling::TaskState state) {
  switch (state) {
    case scheduling::TaskState::kBlocked:
      return v1::TASK_STATE_BLOCKED;
    case scheduling::TaskState::kReady:
      return v1::TASK_STATE_READY;
    case scheduling::TaskState::kPaused:
      return v1::TASK_STATE_PAUSED;
    case scheduling::TaskState::kRunning:
      return v1::TASK_STATE_RUNNING;
    case scheduling::TaskState::kSucceeded:
      return v1::TASK_STATE_SUCCEEDED;
    case scheduling::TaskState::kFailed:
      return v1::TASK_STATE_FAILED;
    case scheduling::TaskState::kCancelled:
      return v1::TASK_STATE_CANCELLED;
  }
  return v1::TASK_STATE_UNSPECIFIED;
}

v1::AttemptState ToWire(scheduling::AttemptState state) {
  switch (state) {
    case scheduling::AttemptState::kOffered:
      return v1::ATTEMPT_STATE_OFFERED;
    case scheduling::AttemptState::kRunning:
      return v1::ATTEMPT_STATE_RUNNING;
    case scheduling::AttemptState::kSucceeded:
      return v1::ATTEMPT_STATE_SUCCEEDED;
    case scheduling::AttemptState::kFailed:
      return v1::ATTEMPT_STATE_FAILED;
    case scheduling::AttemptState::kPreempted:
      return v1::ATTEMPT_STATE_PREEMPTED;
    case scheduling::AttemptState::kLost:
      return v1::ATTEMPT_STATE_LOST;
    case scheduling::AttemptState::kCancelled:
      return v1::ATTEMPT_STATE_CANCELLED;
    case scheduling::AttemptState::kRejected:
      return v1::ATTEMPT_STATE_REJECTED;
    case scheduling::AttemptState::kExpired:
      return v1::ATTEMPT_STATE_EXPIRED;
  }
  return v1::ATTEMPT_STATE_UNSPECIFIED;
}

// Puts the body of one event into the response.
struct BodyWriter {
  v1::WatchJobsResponse& out;

  // The job itself is read and put in by the watch.
  void operator()(const scheduling::JobChange&) const {}
  void operator()(const scheduling::AttemptView& attempt) const { *out.mutable_attempt() = rpc::ToWire(attempt); }
  void operator()(const scheduling::LossPoint& loss) const { *out.mutable_loss() = rpc::ToWire(loss); }
  void operator()(const scheduling::Measure& measure) const { *out.mutable_measure() = rpc::ToWire(measure); }
  void operator()(const scheduling::FrameReport& frame) const { *out.mutable_frame() = rpc::ToWire(frame); }
  void operator()(const scheduling::Notice& notice) const { *out.mutable_notice() = rpc::ToWire(notice); }
  void operator()(const scheduling::AdjustedReport& adjusted) const { *out.mutable_adjusted() = rpc::ToWire(adjusted); }
  void operator()(const scheduling::CheckpointReport& checkpoint) const {
    auto& wire = *out.mutable_checkpoint();
    wire.set_sha256(checkpoint.sha256);
    wire.set_step(checkpoint.step);
    wire.set_total_steps(checkpoint.total_steps);
    wire.set_best(checkpoint.best);
    if (checkpoint.score) wire.set_score(*checkpoint.score);
  }
  void operator()(const scheduling::ArtifactReport& artifact) const {
    auto& wire = *out.mutable_artifact();
    wire.set_sha256(artifact.sha256);
    wire.set_kind(artifact.kind);
    wire.set_name(artifact.name);
    if (artifact.step) wire.set_step(*artifact.step);
  }
};

}  // namespace

v1::TaskKind ToWire(scheduling::TaskKind kind) {
  switch (kind) {
    case scheduling::TaskKind::kProbe:
      return v1::TASK_KIND_PROBE;
    case scheduling::TaskKind::kTrain:
      return v1::TASK_KIND_TRAIN;
    case scheduling::TaskKind::kRender:
      return v1::TASK_KIND_RENDER;
    case scheduling::TaskKind::kPublish:
      return v1::TASK_KIND_PUBLISH;
    case scheduling::TaskKind::kMatch:
      return v1::TASK_KIND_MATCH;
    case scheduling::TaskKind::kCurate:
      return v1::TASK_KIND_CURATE;
    case scheduling::TaskKind::kAlign:
      return v1::TASK_KIND_ALIGN;
    case scheduling::TaskKind::kBaseline:
      return v1::TASK_KIND_BASELINE;
  }
  return v1::TASK_KIND_UNSPECIFIED;
}

v1::Job ToWire(const scheduling::Job& job) {
  v1::Job wire;
  wire.set_job_id(job.job_id);
  wire.set_project_id(job.project_id);
  wire.set_shot(job.shot);
  wire.set_kind(ToWire(job.kind));
  wire.set_state(ToWire(job.state));
  wire.set_priority(job.priority);
  wire.set_spec(job.spec);
  wire.set_spec_sha256(job.spec_sha256);
  wire.set_submitted_by(job.submitted_by);
  Put(job.created_at, wire.mutable_create_time());
  if (job.started_at) Put(*job.started_at, wire.mutable_start_time());
  if (job.ended_at) Put(*job.ended_at, wire.mutable_end_time());
  for (const std::string& id : job.depends_on) wire.add_dependencies()->set_job_id(id);
  wire.set_tasks_total(job.tasks_total);
  wire.set_tasks_done(job.tasks_done);
  if (job.failure) *wire.mutable_failure() = ToWire(*job.failure);
  if (job.progress) *wire.mutable_progress() = ToWire(*job.progress);
  wire.set_best_checkpoint_sha256(job.best_checkpoint_sha256);
  wire.set_waiting_reason(job.waiting_reason);
  return wire;
}

v1::AttemptEvent ToWire(const scheduling::AttemptView& attempt) {
  v1::AttemptEvent wire;
  wire.set_task_id(attempt.key.task_id);
  wire.set_attempt_no(attempt.key.attempt_no);
  wire.set_state(ToWire(attempt.state));
  wire.set_worker(attempt.worker);
  if (attempt.failure) *wire.mutable_failure() = ToWire(*attempt.failure);
  return wire;
}

v1::Task ToWire(const scheduling::Task& task) {
  v1::Task wire;
  wire.set_task_id(task.task_id);
  wire.set_kind(ToWire(task.kind));
  wire.set_state(ToWire(task.state));
  wire.set_frames(task.frames);
  for (const auto& attempt : task.attempts) *wire.add_attempts() = ToWire(attempt);
  return wire;
}

v1::WatchJobsResponse ToWire(const scheduling::FeedEvent& event) {
  v1::WatchJobsResponse wire;
  wire.set_cursor(event.position);
  wire.set_job_id(event.job_id);
  Put(event.at, wire.mutable_event_time());
  std::visit(BodyWriter{wire}, event.body);
  return wire;
}

std::optional<scheduling::JobState> Read(v1::JobState state) {
  for (int i = 0; i <= static_cast<int>(scheduling::JobState::kCancelled); ++i) {
    if (ToWire(static_cast<scheduling::JobState>(i)) == state) return static_cast<scheduling::JobState>(i);
  }
  return std::nullopt;
}

std::optional<scheduling::JobKind> Read(v1::JobKind kind) {
  for (int i = 0; i <= static_cast<int>(scheduling::JobKind::kBaseline); ++i) {
    if (ToWire(static_cast<scheduling::JobKind>(i)) == kind) return static_cast<scheduling::JobKind>(i);
  }
  return std::nullopt;
}

}  // namespace interneg::rpc
