#include "worker/session/attach_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace interneg::session {

AttachStream::AttachStream(Connection& connection, AttachListener listener)
    : listener_(std::move(listener)), connection_(connection) {}

AttachStream::~AttachStream() {
  Close();
  AwaitClosed();
}

void AttachStream::Open(v1::AttachRequest hello) {
  const std::lock_guard lock(mutex_);
  opened_ = true;
  connection_.Prepare(context_, supervision::Duration::zero());
  connection_.worker().async()->Attach(&context_, this);
  // Writes and reads begin outside of reactions; the hold keeps the call until the last of them is impossible.
  AddHold();
  waiting_.push_back(std::move(hello));
  WriteNextLocked();
  reading_ = true;
  StartRead(&read_);
  StartCall();
}

void AttachStream::Send(v1::AttachRequest message) {
  const std::lock_guard lock(mutex_);
  if (ended_ || !opened_) return;
  switch (message.message_case()) {
    case v1::AttachRequest::kHeartbeat: heartbeat_ = std::move(message); break;
    case v1::AttachRequest::kProgress: {
      const v1::AttemptRef& attempt = message.progress().attempt();
      progress_[absl::StrCat(attempt.task_id(), ".", attempt.attempt_no())] = std::move(message);
      break;
    }
    default: waiting_.push_back(std::move(message));
  }
  if (!writing_) WriteNextLocked();
}

// Heartbeats first: leases hang on them.
void AttachStream::WriteNextLocked() {
  if (heartbeat_ && (waiting_.empty() || !waiting_.front().has_hello())) {
    written_ = std::move(*std::exchange(heartbeat_, std::nullopt));
  } else if (!waiting_.empty()) {
    written_ = std::move(waiting_.front());
    waiting_.pop_front();
  } else if (!progress_.empty()) {
    written_ = std::move(progress_.extract(progress_.begin()).mapped());
  } else {
    writing_ = false;
    return;
  }
  writing_ = true;
  StartWrite(&written_);
}

void AttachStream::ReadNext() {
  const std::lock_guard lock(mutex_);
  if (ended_ || !opened_ || reading_) return;
  reading_ = true;
  StartRead(&read_);
}

// Only a read can find the end, so from here on one is always in flight.
void AttachStream::Close() {
  context_.TryCancel();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  ReadNext();
}

void AttachStream::AwaitClosed() {
  std::unique_lock lock(mutex_);
  closed_changed_.wait(lock, [this] { return closed_ || !opened_; });
}

void AttachStream::OnReadDone(bool ok) {
  v1::AttachResponse message;
  {
    const std::lock_guard lock(mutex_);
    ended_ = !ok;
    reading_ = ok && closing_;
    message.Swap(&read_);
    if (reading_) StartRead(&read_);
    if (reading_) return;
  }
  if (ok) {
    listener_.on_message(std::move(message));
  } else {
    RemoveHold();
  }
}

// A write that fails means the stream is over; the read in flight, or the next, will say so.
void AttachStream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  if (ok && !ended_) {
    WriteNextLocked();
  } else {
    writing_ = false;
  }
}

void AttachStream::OnDone(const grpc::Status& status) {
  listener_.on_closed(status);
  const std::lock_guard lock(mutex_);
  closed_ = true;
  closed_changed_.notify_all();
}

}  // namespace interneg::session
