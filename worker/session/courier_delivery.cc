// The part of a courier that sends: events in their order, each after the file it names, and the log.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/session/artifact_transfer.h"
#include "worker/session/courier.h"
#include "worker/session/documents.h"

namespace interneg::session {
namespace {

// How often a server may say that it has no room before an artifact is given up, so that contact sheets do not keep a
// result for ever. A checkpoint is what a training was for: it waits until there is room.
constexpr int kRefusalsForAFile = 12;
constexpr int kRefusalsForTheLog = 4;

void BecomeNotice(v1::EngineEvent& event, const std::string& text) {
  v1::Notice* notice = event.mutable_notice();
  notice->set_level(v1::NOTICE_LEVEL_WARNING);
  notice->set_text(text);
}

const v1::OutputFile* FileOf(const v1::EngineEvent& event) {
  if (event.has_artifact()) return &event.artifact().file();
  if (event.has_checkpoint()) return &event.checkpoint().file();
  return nullptr;
}

v1::BeginUploadRequest BeginFor(const v1::EngineEvent& event, const v1::AttemptRef& attempt) {
  v1::BeginUploadRequest out;
  const v1::OutputFile& file = *FileOf(event);
  out.set_sha256(file.sha256());
  out.set_size_bytes(file.size_bytes());
  out.set_name(file.name());
  *out.mutable_attempt() = attempt;
  if (event.has_checkpoint()) {
    out.set_kind("checkpoint");
    out.set_media_type("application/octet-stream");
    out.set_step(event.checkpoint().step());
    return out;
  }
  out.set_kind(event.artifact().kind());
  out.set_media_type(event.artifact().media_type());
  if (event.artifact().has_step()) out.set_step(event.artifact().step());
  return out;
}

// An engine names files of its own folder only; anything else is not this worker's to send.
bool StaysInside(const std::string& name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string::npos;
}

}  // namespace

Courier::Turn Courier::Later(const std::string& doing, const grpc::Status& status) {
  if (cancellation_.cancelled()) return Turn::kAbandoned;
  parts_.listener.OnTrouble(entry_->key(), absl::StrCat(doing, ": ", Describe(status)));
  const std::lock_guard lock(mutex_);
  retry_at_ = parts_.clock.Now() + backoff_.Next();
  return Turn::kLater;
}

Courier::Turn Courier::Deliver() {
  const std::uint64_t log_end = entry_->log_bytes();
  Turn turn = DeliverEvents();
  while (turn == Turn::kDone && log_offset_ < log_end) turn = may_send() ? DeliverLog() : Turn::kLater;
  const std::lock_guard lock(mutex_);
  last_sent_ = parts_.clock.Now();
  if (turn == Turn::kDone) {
    backoff_.Reset();
    retry_at_.reset();
  } else if (!retry_at_) {
    // The lease ran out within; as soon as it is renewed there is work.
    retry_at_ = last_sent_;
  }
  return turn;
}

Courier::Turn Courier::DeliverEvents() {
  while (may_send()) {
    auto portion = entry_->ReadEvents(events_offset_, parts_.settings.batch_events, parts_.settings.batch_bytes);
    if (!portion.ok()) {
      // What cannot be read will not become readable; the result must not wait for it.
      parts_.listener.OnTrouble(entry_->key(), absl::StrCat("events are lost: ", portion.status().message()));
      events_offset_ = entry_->events_bytes();
      return Turn::kDone;
    }
    if (portion->events.empty()) return Turn::kDone;
    if (const Turn turn = DeliverPortion(portion->events); turn != Turn::kDone) return turn;
    events_offset_ = portion->next_offset;
  }
  return Turn::kLater;
}

Courier::Turn Courier::DeliverPortion(const std::vector<std::string>& lines) {
  std::vector<v1::EngineEvent> ready;
  for (const std::string& line : lines) {
    auto event = ParseEvent(line);
    if (!event.ok() || event->sequence() <= reported_sequence_) continue;
    if (FileOf(*event) != nullptr) {
      // Losses must not wait behind a checkpoint's upload.
      if (const Turn turn = Report(ready); turn != Turn::kDone) return turn;
      if (const Turn turn = Upload(*event); turn != Turn::kDone) return turn;
    }
    ready.push_back(std::move(*event));
  }
  return Report(ready);
}

void Courier::LoseCheckpoint(std::string why) {
  const std::lock_guard lock(mutex_);
  lost_checkpoint_ = std::move(why);
}

std::string Courier::lost_checkpoint() const {
  const std::lock_guard lock(mutex_);
  return lost_checkpoint_;
}

bool Courier::CheckpointWaits() const {
  const std::uint32_t reported = reported_sequence_;
  std::uint64_t offset = events_offset_;
  while (true) {
    const auto portion = entry_->ReadEvents(offset, parts_.settings.batch_events, parts_.settings.batch_bytes);
    if (!portion.ok() || portion->events.empty()) return false;
    for (const std::string& line : portion->events) {
      const auto event = ParseEvent(line);
      if (event.ok() && event->has_checkpoint() && event->sequence() > reported) return true;
    }
    offset = portion->next_offset;
  }
}

Courier::Turn Courier::Upload(v1::EngineEvent& event) {
  const v1::OutputFile file = *FileOf(event);
  if (!StaysInside(file.name())) {
    if (event.has_checkpoint()) LoseCheckpoint(absl::StrCat(file.name(), " lies outside of the scratch folder"));
    BecomeNotice(event, absl::StrCat("'", file.name(), "' lies outside of the scratch folder and was not stored"));
    return Turn::kDone;
  }
  if (!may_send()) return Turn::kLater;
  const std::string path = absl::StrCat(entry_->scratch_folder(), "/", file.name());
  const grpc::Status status = UploadFile(parts_.connection, cancellation_, BeginFor(event, attempt_), path);
  if (status.ok()) {
    refusals_ = 0;
    if (event.has_checkpoint()) LoseCheckpoint("");
    return Turn::kDone;
  }
  const Remedy remedy = RemedyFor(status);
  if (remedy == Remedy::kStale) return Turn::kStale;
  const bool refused = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
  const bool unknown = status.error_code() == grpc::StatusCode::UNIMPLEMENTED;
  const bool patient = event.has_checkpoint() ? unknown || remedy == Remedy::kTryAgain
                                              : remedy == Remedy::kTryAgain && !(refused && ++refusals_ >= kRefusalsForAFile);
  if (patient) return Later("uploading " + file.name(), status);
  refusals_ = 0;
  if (event.has_checkpoint()) LoseCheckpoint(absl::StrCat(file.name(), " was not stored: ", status.error_message()));
  parts_.listener.OnTrouble(entry_->key(), absl::StrCat(file.name(), " was not stored: ", Describe(status)));
  BecomeNotice(event, absl::StrCat(file.name(), " was not stored: ", status.error_message()));
  return Turn::kDone;
}

grpc::Status Courier::Send(const std::vector<v1::EngineEvent>& events) {
  grpc::ClientContext context;
  parts_.connection.Prepare(context, parts_.settings.call_patience);
  const Cancellation::Call call(cancellation_, context);
  v1::ReportEventsRequest request;
  *request.mutable_attempt() = attempt_;
  for (const v1::EngineEvent& event : events) *request.add_events() = event;
  v1::ReportEventsResponse response;
  const grpc::Status status = parts_.connection.worker().ReportEvents(&context, request, &response);
  if (status.ok()) reported_sequence_ = std::max<std::uint32_t>(response.stored_sequence(), events.back().sequence());
  return status;
}

Courier::Turn Courier::Report(std::vector<v1::EngineEvent>& events) {
  if (events.empty()) return Turn::kDone;
  if (!may_send()) return Turn::kLater;
  const grpc::Status status = Send(events);
  if (status.ok()) {
    events.clear();
    return Turn::kDone;
  }
  switch (RemedyFor(status)) {
    case Remedy::kTryAgain: return Later("reporting events", status);
    case Remedy::kStale: return Turn::kStale;
    case Remedy::kGiveUp: return ReportOneByOne(events);
  }
  return Turn::kDone;
}

// One event that the server will never take must not take the others along.
Courier::Turn Courier::ReportOneByOne(std::vector<v1::EngineEvent>& events) {
  for (v1::EngineEvent& event : events) {
    grpc::Status status = Send({event});
    if (!status.ok() && RemedyFor(status) == Remedy::kGiveUp) {
      parts_.listener.OnTrouble(entry_->key(), absl::StrCat("event ", event.sequence(), " refused: ", Describe(status)));
      BecomeNotice(event, absl::StrCat("the server refused an event: ", status.error_message()));
      status = Send({event});
    }
    if (status.ok() || RemedyFor(status) == Remedy::kGiveUp) continue;
    return RemedyFor(status) == Remedy::kStale ? Turn::kStale : Later("reporting events", status);
  }
  events.clear();
  return Turn::kDone;
}

Courier::Turn Courier::DeliverLog() {
  auto text = entry_->ReadLog(log_offset_, parts_.settings.log_bytes);
  if (!text.ok()) {
    log_offset_ = entry_->log_bytes();
    return Turn::kDone;
  }
  // The rest of a character comes with the next text, unless nothing more comes.
  const std::size_t unfinished = UnfinishedUtf8Bytes(*text);
  if (text->size() > unfinished) text->resize(text->size() - unfinished);
  v1::ReportLogRequest request;
  *request.mutable_attempt() = attempt_;
  request.set_offset(log_offset_);
  request.set_text(AsUtf8(std::move(*text)));
  grpc::ClientContext context;
  parts_.connection.Prepare(context, parts_.settings.call_patience);
  const Cancellation::Call call(cancellation_, context);
  v1::ReportLogResponse response;
  const grpc::Status status = parts_.connection.worker().ReportLog(&context, request, &response);
  if (!status.ok()) {
    const Remedy remedy = RemedyFor(status);
    if (remedy == Remedy::kStale) return Turn::kStale;
    const bool refused = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
    if (remedy == Remedy::kTryAgain && !(refused && ++refusals_ >= kRefusalsForTheLog)) {
      return Later("reporting the log", status);
    }
    refusals_ = 0;
    log_offset_ = entry_->log_bytes();
    return Turn::kDone;
  }
  const std::uint64_t stored = response.stored_bytes();
  // The server may know less than was sent (then go back, once to each place) or more (after a restart).
  if (stored < log_offset_ && log_went_back_to_ != stored) {
    log_went_back_to_ = stored;
    log_offset_ = stored;
  } else {
    log_offset_ = std::max<std::uint64_t>(stored, log_offset_ + request.text().size());
  }
  return Turn::kDone;
}

}  // namespace interneg::session
