#include "server/rpc/session_hub.h"

#include <utility>

#include <fmt/format.h>

#include "interneg/v1/worker_session.pb.h"
#include "server/rpc/wire_attempt.h"
#include "server/rpc/worker_stream.h"

namespace interneg::rpc {
namespace {

constexpr int kMostEvents = 1'000;
constexpr std::size_t kMostLogBytes = std::size_t{1} << 20;
// Heartbeats that arrive within this time are renewed in one call.
constexpr std::chrono::milliseconds kGather{10};

absl::Status Stale(std::string_view what) {
  return absl::FailedPreconditionError(
      fmt::format("STALE: the attempt is no longer the live one; end its engine ({} was not stored)", what));
}

}  // namespace

SessionHub::SessionHub(scheduling::SessionDesk& desk, scheduling::Bell& bell, SessionSettings settings)
    : desk_(desk), settings_(settings) {
  subscription_ = bell.Subscribe(scheduling::Bell::kWorkers, [this] { LookNow(); });
  outbox_thread_ = std::thread([this] { ReadOutboxes(); });
  renewal_thread_ = std::thread([this] { RenewQueued(); });
}

SessionHub::~SessionHub() {
  Stop();
}

std::shared_ptr<Conversation> SessionHub::Open(const Principal& principal, std::shared_ptr<Outlet> outlet) {
  return std::make_shared<WorkerStream>(*this, principal, std::move(outlet));
}

void SessionHub::Stop() {
  subscription_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  outbox_news_.notify_all();
  heartbeat_news_.notify_all();
  if (outbox_thread_.joinable()) outbox_thread_.join();
  if (renewal_thread_.joinable()) renewal_thread_.join();
  for (const auto& stream : Streams()) stream->End(absl::UnavailableError("the server is stopping; attach again"));
}

void SessionHub::Enter(const std::shared_ptr<WorkerStream>& stream) {
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    streams_[stream.get()] = stream;
    stopping = stopping_;
  }
  if (stopping) stream->End(absl::UnavailableError("the server is stopping; attach again"));
  LookNow();
}

void SessionHub::Leave(const WorkerStream* stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(stream);
  heartbeats_.erase(stream);
}

void SessionHub::LookNow() {
  {
    const std::lock_guard lock(mutex_);
    look_ = true;
  }
  outbox_news_.notify_one();
}

void SessionHub::Renew(const std::shared_ptr<WorkerStream>& stream, std::uint64_t heartbeat_no,
                       scheduling::Heartbeat heartbeat) {
  {
    const std::lock_guard lock(mutex_);
    heartbeats_[stream.get()] = {stream, heartbeat_no, std::move(heartbeat)};
  }
  heartbeat_news_.notify_one();
}

std::vector<std::shared_ptr<WorkerStream>> SessionHub::Streams() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<WorkerStream>> streams;
  streams.reserve(streams_.size());
  for (const auto& [key, stream] : streams_) streams.push_back(stream);
  return streams;
}

void SessionHub::ReadOutboxes() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      outbox_news_.wait_for(lock, settings_.poll, [this] { return look_ || stopping_; });
      if (stopping_) return;
      look_ = false;
    }
    const auto streams = Streams();
    if (streams.empty()) continue;
    std::vector<scheduling::WorkerSession> sessions;
    sessions.reserve(streams.size());
    for (const auto& stream : streams) sessions.push_back(stream->session());
    // An unreachable database is asked again in a second; the rows wait.
    const auto outboxes = desk_.ReadOutboxes(sessions);
    if (!outboxes.ok()) continue;
    for (std::size_t i = 0; i < streams.size() && i < outboxes->size(); ++i) streams[i]->Deliver((*outboxes)[i]);
  }
}

void SessionHub::RenewQueued() {
  while (true) {
    std::map<const WorkerStream*, QueuedHeartbeat> queued;
    {
      std::unique_lock lock(mutex_);
      heartbeat_news_.wait(lock, [this] { return !heartbeats_.empty() || stopping_; });
      if (!stopping_) heartbeat_news_.wait_for(lock, kGather, [this] { return stopping_; });
      if (stopping_) return;
      queued = std::exchange(heartbeats_, {});
    }
    std::vector<scheduling::Heartbeat> heartbeats;
    heartbeats.reserve(queued.size());
    for (const auto& [key, entry] : queued) heartbeats.push_back(entry.heartbeat);
    // Without an answer the worker goes on under the lease that it has, and asks again with its next heartbeat.
    const auto renewals = desk_.Renew(heartbeats);
    if (!renewals.ok()) continue;
    std::size_t i = 0;
    for (const auto& [key, entry] : queued) {
      if (i < renewals->size()) entry.stream->Acknowledge(entry.heartbeat_no, (*renewals)[i]);
      ++i;
    }
  }
}

void AddSessionMethods(scheduling::SessionDesk& desk, SessionHub& hub, MethodTable& table) {
  table.AddConversation<v1::AttachRequest>("WorkerSessionService/Attach", Audience::kWorkers,
                                           [&hub](const Principal& principal, std::shared_ptr<Outlet> outlet) {
                                             return hub.Open(principal, std::move(outlet));
                                           });
  table.AddUnary<v1::ReportEventsRequest, v1::ReportEventsResponse>(
      "WorkerSessionService/ReportEvents", Audience::kWorkers,
      [&desk](const Principal& principal,
              const v1::ReportEventsRequest& request) -> absl::StatusOr<v1::ReportEventsResponse> {
        if (request.events_size() > kMostEvents) {
          return absl::ResourceExhaustedError(
              fmt::format("events: {} in one call; at most {} are taken", request.events_size(), kMostEvents));
        }
        auto attempt = ReadAttemptRef(request.attempt());
        if (!attempt.ok()) return attempt.status();
        std::vector<scheduling::AttemptEvent> events;
        for (const auto& wire : request.events()) {
          auto event = ReadEvent(wire);
          if (!event.ok()) return event.status();
          if (!events.empty() && event->sequence <= events.back().sequence) {
            return absl::InvalidArgumentError("events: must come in ascending sequence");
          }
          events.push_back(*std::move(event));
        }
        auto receipt = desk.ReportEvents(principal.actor(), *attempt, events);
        if (!receipt.ok()) return receipt.status();
        if (receipt->standing == scheduling::Standing::kStale) return Stale("the report");
        v1::ReportEventsResponse response;
        response.set_stored_sequence(receipt->stored_sequence);
        return response;
      });
  table.AddUnary<v1::ReportLogRequest, v1::ReportLogResponse>(
      "WorkerSessionService/ReportLog", Audience::kWorkers,
      [&desk](const Principal& principal,
              const v1::ReportLogRequest& request) -> absl::StatusOr<v1::ReportLogResponse> {
        if (request.text().size() > kMostLogBytes) {
          return absl::ResourceExhaustedError("text: more than 1 MiB in one call");
        }
        auto attempt = ReadAttemptRef(request.attempt());
        if (!attempt.ok()) return attempt.status();
        auto receipt = desk.ReportLog(principal.actor(), *attempt, request.offset(), request.text());
        if (!receipt.ok()) return receipt.status();
        if (receipt->standing == scheduling::Standing::kStale) return Stale("the log");
        v1::ReportLogResponse response;
        response.set_stored_bytes(receipt->stored_bytes);
        return response;
      });
}

}  // namespace interneg::rpc
