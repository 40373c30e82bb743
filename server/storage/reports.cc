#include <cmath>

#include <nlohmann/json.hpp>

#include "server/storage/event_codec.h"
#include "server/storage/lifecycle.h"
#include "server/storage/sessions.h"

namespace interneg::storage {
namespace {

using nlohmann::json;
using scheduling::AttemptEvent;
using scheduling::AttemptRef;
using scheduling::Bell;
using scheduling::Standing;

constexpr Statement kKeepProgress = {
    "keep_progress",
    "INSERT INTO attempt_progress (task_id, attempt_no, job_id, phase, done, total, rate, loss, remaining_seconds) "
    "VALUES ($1::uuid, $2::integer, $3::uuid, $4, $5::bigint, $6::bigint, $7::double precision, "
    "  NULLIF($8, '')::double precision, $9::double precision) "
    "ON CONFLICT ON CONSTRAINT attempt_progress_pkey DO UPDATE SET attempt_no = EXCLUDED.attempt_no, "
    "  phase = EXCLUDED.phase, done = EXCLUDED.done, total = EXCLUDED.total, rate = EXCLUDED.rate, "
    "  loss = EXCLUDED.loss, remaining_seconds = EXCLUDED.remaining_seconds, updated_at = now()"};
constexpr Statement kInsertLosses = {
    "insert_losses",
    "INSERT INTO metric_point (job_id, attempt_no, step, loss, learning_rate) "
    "SELECT $1::uuid, $2::integer, x.step, x.loss, x.rate "
    "FROM jsonb_to_recordset($3::jsonb) AS x(step bigint, loss double precision, rate double precision)"};
constexpr Statement kInsertMeasure = {
    "insert_measure",
    "INSERT INTO measure (job_id, task_id, attempt_no, name, value, subject, scope, step, frame) "
    "SELECT $1::uuid, $2::uuid, $3::integer, x.name, x.value, x.subject, x.scope, x.step, x.frame "
    "FROM jsonb_to_record($4::jsonb) AS x(name text, value double precision, subject text, scope text, step bigint, "
    "  frame integer) "
    "ON CONFLICT ON CONSTRAINT measure_key DO UPDATE SET value = EXCLUDED.value, task_id = EXCLUDED.task_id, "
    "  attempt_no = EXCLUDED.attempt_no"};
constexpr Statement kInsertFrame = {
    "insert_frame",
    "INSERT INTO rendered_frame (task_id, attempt_no, frame, job_id, file_name, size_bytes, sha256, composed_error, "
    "  written_error, written_share_of_bound, proven, gamut_scaled_share, error) "
    "VALUES ($1::uuid, $2::integer, $3::integer, $4::uuid, $5, $6::bigint, $7, $8::double precision, "
    "  $9::double precision, $10::double precision, $11::boolean, $12::double precision, $13) "
    "ON CONFLICT ON CONSTRAINT rendered_frame_pkey DO UPDATE SET file_name = EXCLUDED.file_name, "
    "  size_bytes = EXCLUDED.size_bytes, sha256 = EXCLUDED.sha256, composed_error = EXCLUDED.composed_error, "
    "  written_error = EXCLUDED.written_error, written_share_of_bound = EXCLUDED.written_share_of_bound, "
    "  proven = EXCLUDED.proven, gamut_scaled_share = EXCLUDED.gamut_scaled_share, error = EXCLUDED.error"};
// The lock of the hash, as in artifact_catalog.cc: report and upload of one checkpoint take turns, so that the later of
// the two sees the earlier and commits it.
constexpr Statement kLockCheckpoint = {
    "lock_checkpoint", "SELECT pg_advisory_xact_lock(hashtextextended('artifact ' || $1, 0))"};
// Committed at once when the store holds the bytes for this project; else the upload's end commits it.
constexpr Statement kInsertCheckpoint = {
    "insert_checkpoint",
    "WITH there AS (SELECT EXISTS (SELECT 1 FROM artifact_reference WHERE sha256 = $2 AND project_id = $3::uuid) AS "
    "it) "
    "INSERT INTO checkpoint (job_id, sha256, state, task_id, attempt_no, sequence, size_bytes, step, total_steps, "
    "best, "
    "  score, parent_sha256, committed_at) "
    "SELECT $1::uuid, $2, CASE WHEN it THEN 'committed' ELSE 'staged' END, $4::uuid, $5::integer, $6::bigint, "
    "  $7::bigint, $8::bigint, $9::bigint, $10::boolean, NULLIF($11, '')::double precision, $12, "
    "  CASE WHEN it THEN now() END FROM there "
    "ON CONFLICT ON CONSTRAINT checkpoint_pkey DO UPDATE SET attempt_no = EXCLUDED.attempt_no, "
    "  sequence = EXCLUDED.sequence, best = EXCLUDED.best, score = EXCLUDED.score RETURNING state"};
constexpr Statement kApplied = {
    "adjustment_applied",
    "UPDATE adjustment SET applied_attempt_no = $3::integer, applied_step = $4::bigint "
    "WHERE job_id = $1::uuid AND adjustment_no = $2::integer"};
constexpr Statement kStored = {
    "stored_sequence",
    "UPDATE attempt SET stored_sequence = $3::bigint WHERE task_id = $1::uuid AND attempt_no = $2::integer"};
constexpr Statement kLogBytes = {
    "log_bytes",
    "SELECT coalesce(max(start_byte + length(bytes)), 0) FROM attempt_log "
    "WHERE task_id = $1::uuid AND attempt_no = $2::integer"};
constexpr Statement kAppendLog = {
    "append_log",
    "INSERT INTO attempt_log (task_id, attempt_no, start_byte, job_id, bytes) "
    "VALUES ($1::uuid, $2::integer, $3::bigint, $4::uuid, $5::bytea)"};

std::string NumberOrNothing(const std::optional<double>& value) { return value ? pqxx::to_string(*value) : ""; }

void KeepProgress(Transaction& transaction, const AttemptRef& attempt, const std::string& job_id,
                  const scheduling::Progress& progress) {
  transaction.Run(kKeepProgress, attempt.key.task_id, attempt.key.attempt_no, job_id, progress.phase, progress.done,
                  progress.total, progress.rate, NumberOrNothing(progress.loss), progress.remaining_seconds);
  transaction.Ring(Bell::kProgress);
}

// Writes one event after another into the tables where each belongs, and into the feed.
class EventWriter {
 public:
  EventWriter(Context& context, Transaction& transaction, const AttemptRef& attempt, const FoundAttempt& found)
      : context_(context), transaction_(transaction), attempt_(attempt), found_(found) {}

  void Write(const AttemptEvent& event) {
    sequence_ = event.sequence;
    std::visit(*this, event.body);
  }

  // Writes what was gathered, and remembers how far the attempt's events are stored.
  void Finish() {
    if (!losses_.empty()) transaction_.Run(kInsertLosses, found_.job_id, attempt_.key.attempt_no, losses_.dump());
    transaction_.Run(kStored, attempt_.key.task_id, attempt_.key.attempt_no, sequence_);
    transaction_.AfterCommit([&observer = context_.around.observer, frames = frames_, steps = steps_,
                              checkpoints = checkpoints_] {
      if (frames > 0) observer.FramesRendered(frames);
      if (steps > 0) observer.TrainSteps(steps);
      for (int i = 0; i < checkpoints; ++i) observer.CheckpointCommitted();
    });
  }

  void operator()(const scheduling::EngineStart& start) {
    Feed(scheduling::Notice{scheduling::NoticeLevel::kInfo, "engine " + start.engine_version + " on " + start.device +
                                                                " (" + start.device_description + ")"});
  }
  void operator()(const scheduling::Progress& progress) {
    KeepProgress(transaction_, attempt_, found_.job_id, progress);
  }
  void operator()(const scheduling::LossPoint& point) {
    if (last_step_ > 0 && point.step > last_step_) steps_ += point.step - last_step_;
    last_step_ = point.step;
    // JSON has no infinity: the points of a training that diverges are left out, its end says that it did.
    if (std::isfinite(point.loss)) {
      losses_.push_back({{"step", point.step}, {"loss", point.loss}, {"rate", point.learning_rate}});
      Feed(point);
    }
  }
  void operator()(const scheduling::Measure& measure) {
    if (!std::isfinite(measure.value)) return;
    json row = {{"name", measure.name},
                {"value", measure.value},
                {"subject", measure.subject},
                {"scope", measure.scope}};
    if (measure.step) row["step"] = *measure.step;
    if (measure.frame) row["frame"] = *measure.frame;
    transaction_.Run(kInsertMeasure, found_.job_id, attempt_.key.task_id, attempt_.key.attempt_no,
                     row.dump(-1, ' ', false, json::error_handler_t::replace));
    Feed(measure);
  }
  void operator()(const scheduling::CheckpointReport& report) {
    transaction_.Run(kLockCheckpoint, report.sha256);
    const auto rows = transaction_.Run(
        kInsertCheckpoint, found_.job_id, report.sha256, found_.project_id, attempt_.key.task_id,
        attempt_.key.attempt_no, sequence_, report.size_bytes, report.step, report.total_steps, report.best,
        NumberOrNothing(report.score), report.parent_sha256);
    if (Text(rows[0][0]) != "committed") return;
    ++checkpoints_;
    Feed(report);
  }
  void operator()(const scheduling::ArtifactReport& report) { Feed(report); }
  void operator()(const scheduling::FrameReport& frame) {
    transaction_.Run(kInsertFrame, attempt_.key.task_id, attempt_.key.attempt_no, frame.frame, found_.job_id,
                     frame.file.name, frame.file.size_bytes, frame.file.sha256, frame.composed_error,
                     frame.written_error, frame.written_share_of_bound, frame.proven, frame.gamut_scaled_share,
                     frame.error);
    if (frame.error.empty()) ++frames_;
    Feed(frame);
  }
  void operator()(const scheduling::Notice& notice) { Feed(notice); }
  void operator()(const scheduling::AdjustedReport& adjusted) {
    transaction_.Run(kApplied, found_.job_id, adjusted.adjustment_no, attempt_.key.attempt_no, adjusted.step);
    Feed(adjusted);
  }

 private:
  void Feed(const scheduling::FeedBody& body) { Publish(transaction_, found_.job_id, body); }

  Context& context_;
  Transaction& transaction_;
  const AttemptRef& attempt_;
  const FoundAttempt& found_;
  std::uint32_t sequence_ = 0;
  json losses_ = json::array();
  std::uint64_t frames_ = 0;
  std::uint64_t steps_ = 0;
  std::uint32_t last_step_ = 0;
  int checkpoints_ = 0;
};

absl::Status CheckEvents(const std::vector<AttemptEvent>& events) {
  std::uint32_t last = 0;
  for (const AttemptEvent& event : events) {
    if (event.sequence <= last) {
      return absl::InvalidArgumentError("events: sequence " + std::to_string(event.sequence) + " after " +
                                        std::to_string(last) + "; they must ascend from 1");
    }
    last = event.sequence;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Standing> Sessions::ReportProgress(const scheduling::WorkerSession& session, const AttemptRef& attempt,
                                                  const scheduling::Progress& progress) {
  return context_.pool.Ask<Standing>("keep progress", [&](Transaction& transaction) -> absl::StatusOr<Standing> {
    if (const absl::Status status = RequireCurrent(context_, transaction, session); !status.ok()) return status;
    const auto found = FindAttempt(context_, transaction, attempt, "", session.worker_id);
    if (!found || scheduling::IsFinal(found->state)) return Standing::kStale;
    KeepProgress(transaction, attempt, found->job_id, progress);
    return Standing::kLive;
  });
}

absl::StatusOr<scheduling::EventsReceipt> Sessions::ReportEvents(const scheduling::Actor& actor,
                                                                 const AttemptRef& attempt,
                                                                 const std::vector<AttemptEvent>& events) {
  using Receipt = scheduling::EventsReceipt;
  if (const absl::Status status = CheckEvents(events); !status.ok()) return status;
  return context_.pool.Ask<Receipt>("store events", [&](Transaction& transaction) -> absl::StatusOr<Receipt> {
    const auto found = FindAttempt(context_, transaction, attempt, actor.principal, "");
    if (!found) return Receipt{Standing::kStale, 0};
    if (scheduling::IsFinal(found->state)) {
      AuditStale(context_, transaction, attempt, actor.principal, "ended");
      return Receipt{Standing::kStale, found->stored_sequence};
    }
    if (events.empty() || events.back().sequence <= found->stored_sequence) {
      return Receipt{Standing::kLive, found->stored_sequence};
    }
    EventWriter writer(context_, transaction, attempt, *found);
    for (const AttemptEvent& event : events) {
      if (event.sequence > found->stored_sequence) writer.Write(event);
    }
    writer.Finish();
    return Receipt{Standing::kLive, events.back().sequence};
  });
}

absl::StatusOr<scheduling::LogReceipt> Sessions::ReportLog(const scheduling::Actor& actor, const AttemptRef& attempt,
                                                           std::uint64_t offset, const std::string& text) {
  using Receipt = scheduling::LogReceipt;
  return context_.pool.Ask<Receipt>("store log text", [&](Transaction& transaction) -> absl::StatusOr<Receipt> {
    const auto found = FindAttempt(context_, transaction, attempt, actor.principal, "");
    if (!found) return Receipt{Standing::kStale, 0};
    const auto stored =
        transaction.Run(kLogBytes, attempt.key.task_id, attempt.key.attempt_no)[0][0].as<std::uint64_t>();
    // The last words of an attempt are worth keeping even when it has ended meanwhile.
    if (offset > stored || offset + text.size() <= stored) return Receipt{Standing::kLive, stored};
    const std::string news = text.substr(stored - offset);
    transaction.Run(kAppendLog, attempt.key.task_id, attempt.key.attempt_no, stored, found->job_id,
                    pqxx::binarystring(news));
    transaction.Ring(Bell::kProgress);
    return Receipt{Standing::kLive, stored + news.size()};
  });
}

}  // namespace interneg::storage
