#include "server/rpc/worker_stream.h"

#include <fmt/format.h>

#include "server/rpc/wire_attempt.h"
#include "server/rpc/wire_worker.h"

namespace interneg::rpc {
namespace {

constexpr int kMostHeartbeatAttempts = 10'000;

double Seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

absl::Status Fenced() {
  return absl::FailedPreconditionError("a newer session of this worker has taken over; this one ends");
}

// Keeps of `sent` what is still wanted, so that what is wanted again later is sent again.
template <class Key>
void Prune(std::set<Key>& sent, const std::set<Key>& wanted) {
  std::erase_if(sent, [&](const Key& key) { return !wanted.contains(key); });
}

}  // namespace

void WorkerStream::Take(const Message& request) {
  if (auto status = Handle(static_cast<const v1::AttachRequest&>(request)); !status.ok()) End(std::move(status));
}

void WorkerStream::Closed() {
  hub_.Leave(this);
  // The desk notices a silent worker by itself when this fails.
  if (session_) hub_.desk_.Detach(*session_).IgnoreError();
}

void WorkerStream::End(absl::Status status) {
  outlet_->End(std::move(status));
}

absl::Status WorkerStream::Handle(const v1::AttachRequest& request) {
  if (!session_ && request.message_case() != v1::AttachRequest::kHello) {
    return absl::FailedPreconditionError("the first message of a session is hello");
  }
  switch (request.message_case()) {
    case v1::AttachRequest::kHello:
      return Greet(request.hello());
    case v1::AttachRequest::kAccept:
      return TakeAccept(request.accept());
    case v1::AttachRequest::kReject:
      return TakeReject(request.reject());
    case v1::AttachRequest::kHeartbeat:
      return TakeHeartbeat(request.heartbeat());
    case v1::AttachRequest::kProgress:
      return TakeProgress(request.progress());
    case v1::AttachRequest::kResult:
      return TakeResult(request.result());
    case v1::AttachRequest::MESSAGE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a message without content; is the worker newer than this server?");
}

absl::Status WorkerStream::Greet(const v1::Hello& wire) {
  if (session_) return absl::InvalidArgumentError("hello: is said once, at the beginning");
  auto hello = ReadHello(wire);
  if (!hello.ok()) return hello.status();
  auto attachment = hub_.desk_.Attach(principal_.actor(), *hello);
  if (!attachment.ok()) return attachment.status();
  session_ = attachment->session;

  v1::AttachResponse welcome;
  welcome.mutable_welcome()->set_worker_id(session_->worker_id);
  welcome.mutable_welcome()->set_session_epoch(session_->epoch);
  welcome.mutable_welcome()->set_heartbeat_interval_seconds(Seconds(hub_.settings_.heartbeat_interval));
  welcome.mutable_welcome()->set_lease_seconds(Seconds(hub_.settings_.lease));
  welcome.mutable_welcome()->set_disconnected_limit_seconds(Seconds(hub_.settings_.disconnected_limit));
  Send(std::move(welcome));
  v1::AttachResponse reconcile;
  reconcile.mutable_reconcile();
  for (const auto& attempt : attachment->live) *reconcile.mutable_reconcile()->add_live() = ToWire(attempt);
  for (const auto& attempt : attachment->stale) *reconcile.mutable_reconcile()->add_stale() = ToWire(attempt);
  Send(std::move(reconcile));
  hub_.Enter(shared_from_this());
  return absl::OkStatus();
}

absl::Status WorkerStream::TakeAccept(const v1::Accept& accept) {
  auto attempt = ReadAttemptRef(accept.attempt());
  if (!attempt.ok()) return attempt.status();
  auto standing = hub_.desk_.Accept(*session_, *attempt);
  if (!standing.ok()) return standing.status();
  // The offer expired, or its job was cancelled, while the answer was on its way.
  if (*standing == scheduling::Standing::kStale) SendStop(*attempt, v1::STOP_REASON_CANCELLED);
  return absl::OkStatus();
}

absl::Status WorkerStream::TakeReject(const v1::Reject& reject) {
  auto attempt = ReadAttemptRef(reject.attempt());
  if (!attempt.ok()) return attempt.status();
  return hub_.desk_.Reject(*session_, *attempt, reject.reason()).status();
}

absl::Status WorkerStream::TakeHeartbeat(const v1::Heartbeat& wire) {
  if (wire.attempts_size() > kMostHeartbeatAttempts) {
    return absl::InvalidArgumentError("heartbeat: names more than 10,000 attempts");
  }
  scheduling::Heartbeat heartbeat{*session_, {}, {}, principal_.token.token_id};
  for (const auto& attempt : wire.attempts()) {
    auto ref = ReadAttemptRef(attempt);
    if (!ref.ok()) return ref.status();
    heartbeat.attempts.push_back(*std::move(ref));
  }
  for (const auto& use : wire.device_use()) heartbeat.device_use.push_back({use.uuid(), use.memory_used_bytes()});
  hub_.Renew(shared_from_this(), wire.heartbeat_no(), std::move(heartbeat));
  return absl::OkStatus();
}

absl::Status WorkerStream::TakeProgress(const v1::Progress& progress) {
  auto attempt = ReadAttemptRef(progress.attempt());
  if (!attempt.ok()) return attempt.status();
  // A stale attempt is told by the next heartbeat's answer.
  const absl::Status kept = hub_.desk_.ReportProgress(*session_, *attempt, Read(progress.progress())).status();
  // Progress may be lost, the session not: the next report says more.
  return absl::IsUnavailable(kept) ? absl::OkStatus() : kept;
}

absl::Status WorkerStream::TakeResult(const v1::Result& wire) {
  auto attempt = ReadAttemptRef(wire.attempt());
  if (!attempt.ok()) return attempt.status();
  auto disposition = hub_.desk_.Commit(*session_, *attempt, Read(wire));
  if (absl::IsInvalidArgument(disposition.status())) {
    // Refusing the message would have the worker send it for ever; the attempt has failed instead.
    scheduling::AttemptResult refused;
    refused.failure = scheduling::Failure{
        scheduling::FailureKind::kInternal,
        fmt::format("the engine's result was refused: {}", std::string(disposition.status().message())),
        "report this with the job's log"};
    disposition = hub_.desk_.Commit(*session_, *attempt, refused);
  }
  if (!disposition.ok()) return disposition.status();
  v1::AttachResponse response;
  *response.mutable_result_ack()->mutable_attempt() = wire.attempt();
  response.mutable_result_ack()->set_disposition(*disposition == scheduling::Disposition::kCommitted
                                                     ? v1::RESULT_DISPOSITION_COMMITTED
                                                     : v1::RESULT_DISPOSITION_STALE);
  Send(std::move(response));
  return absl::OkStatus();
}

void WorkerStream::Deliver(const scheduling::Outbox& outbox) {
  if (outbox.session == scheduling::Renewal::Session::kFenced) {
    End(Fenced());
    return;
  }
  const std::lock_guard lock(mutex_);
  std::set<scheduling::AttemptRef> offers, stops;
  std::set<std::pair<scheduling::AttemptRef, std::uint32_t>> adjustments;
  for (const auto& offer : outbox.offers) {
    offers.insert(offer.attempt);
    if (!offered_.insert(offer.attempt).second) continue;
    v1::AttachResponse response;
    *response.mutable_offer() = ToWire(offer);
    Send(std::move(response));
  }
  for (const auto& [attempt, adjustment] : outbox.adjustments) {
    adjustments.insert({attempt, adjustment.adjustment_no});
    if (!adjusted_.insert({attempt, adjustment.adjustment_no}).second) continue;
    v1::AttachResponse response;
    *response.mutable_adjust()->mutable_attempt() = ToWire(attempt);
    *response.mutable_adjust()->mutable_adjust() = ToWire(adjustment);
    Send(std::move(response));
  }
  for (const auto& [attempt, reason] : outbox.stops) {
    stops.insert(attempt);
    if (stopped_.insert(attempt).second) SendStop(attempt, ToWire(reason));
  }
  if (outbox.draining && !draining_) {
    v1::AttachResponse response;
    response.mutable_drain();
    Send(std::move(response));
  }
  draining_ = outbox.draining;
  Prune(offered_, offers);
  Prune(stopped_, stops);
  Prune(adjusted_, adjustments);
}

void WorkerStream::Acknowledge(std::uint64_t heartbeat_no, const scheduling::Renewal& renewal) {
  if (renewal.session != scheduling::Renewal::Session::kCurrent) {
    End(renewal.session == scheduling::Renewal::Session::kFenced
            ? Fenced()
            : absl::UnauthenticatedError("the worker's token has expired or was revoked; give it a new one"));
    return;
  }
  v1::AttachResponse response;
  auto& ack = *response.mutable_renew_ack();
  ack.set_heartbeat_no(heartbeat_no);
  for (const auto& attempt : renewal.renewed) *ack.add_renewed() = ToWire(attempt);
  for (const auto& attempt : renewal.stale) *ack.add_stale() = ToWire(attempt);
  Send(std::move(response));
}

void WorkerStream::Send(v1::AttachResponse response) {
  outlet_->Send(std::make_unique<v1::AttachResponse>(std::move(response)));
}

void WorkerStream::SendStop(const scheduling::AttemptRef& attempt, v1::StopReason reason) {
  v1::AttachResponse response;
  *response.mutable_stop()->mutable_attempt() = ToWire(attempt);
  response.mutable_stop()->set_reason(reason);
  response.mutable_stop()->set_grace_seconds(Seconds(hub_.settings_.stop_grace));
  Send(std::move(response));
}

}  // namespace interneg::rpc
