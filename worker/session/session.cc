#include "worker/session/session.h"

#include <algorithm>
#include <utility>

namespace interneg::session {
namespace {

using supervision::BootTime;
using supervision::Duration;

// More heartbeats than this without an answer, and the oldest answers no longer matter.
constexpr std::size_t kOpenHeartbeats = 64;
// The longest the thread sleeps: suspended machines and moved clocks are noticed within.
constexpr Duration kLongestWait = std::chrono::seconds(1);
// Left of a stop's grace for handing the results back after the engines have ended.
constexpr double kEnginesShareOfGrace = 0.8;

v1::DeviceInfo ToProto(const supervision::Device& device) {
  v1::DeviceInfo out;
  out.set_uuid(device.uuid);
  out.set_kind(device.kind == supervision::DeviceKind::kCuda ? v1::DEVICE_KIND_CUDA : v1::DEVICE_KIND_CPU);
  out.set_model(device.model);
  out.set_memory_bytes(device.memory_bytes);
  out.set_cores(supervision::EngineThreads(device));
  out.set_ordinal(device.ordinal);
  return out;
}

}  // namespace

WorkerSession::WorkerSession(SessionParts parts, SessionSettings settings)
    : parts_(std::move(parts)), settings_(std::move(settings)), backoff_(settings_.reconnect, parts_.random) {}

WorkerSession::~WorkerSession() { Stop(Duration::zero()); }

void WorkerSession::Start() {
  thread_ = std::thread([this] { Run(); });
}

void WorkerSession::Stop(Duration grace) {
  inbox_.Post([this, grace] {
    if (stop_at_) return;
    stop_at_ = parts_.clock.Now() + grace;
    attempts_->StopAll(supervision::FromSeconds(supervision::ToSeconds(grace) * kEnginesShareOfGrace));
  });
  if (thread_.joinable()) thread_.join();
}

void WorkerSession::Wake() {
  inbox_.Post([this] { attempts_->Wake(); });
}

void WorkerSession::Run() {
  roots_ = std::make_unique<RootWatch>(settings_.engine.roots, settings_.roots);
  AttemptsParts parts{parts_.connection, parts_.spool,      parts_.cache,     parts_.devices,
                      parts_.clock,      parts_.random,     settings_.courier, settings_.engine,
                      *roots_,           parts_.log,        parts_.meter,     inbox_,
                      [this](v1::AttachRequest message) { Send(std::move(message)); }};
  attempts_ = std::make_unique<Attempts>(std::move(parts));
  attempts_->Recover();
  connect_at_ = tick_at_ = parts_.clock.Now();
  while (!Finished()) {
    Step();
    inbox_.RunFor(UntilNextStep());
  }
  stream_.reset();
  attempts_.reset();
}

bool WorkerSession::Finished() {
  if (!stop_at_) return false;
  if (attempts_->empty() || parts_.clock.Now() >= *stop_at_) return true;
  // Without a server there is nobody to hand results to; the spool keeps them for the next daemon.
  return !ready_ && attempts_->SafeToLeave();
}

void WorkerSession::Step() {
  const BootTime now = parts_.clock.Now();
  if (!stream_ && now >= connect_at_) Connect();
  if (stream_ && !closing_ && StreamIsDead()) {
    parts_.log.warn("nothing comes from {} any more; connecting anew", parts_.connection.target());
    closing_ = true;
    stream_->Close();
  }
  if (stream_ && ready_ && !closing_ && roots_->Present() != announced_roots_) {
    parts_.log.warn("roots came or went; attaching anew");
    closing_ = true;
    stream_->Close();
  }
  const auto deadline = attempts_->NextDeadline();
  if (now >= tick_at_ || (deadline && now >= *deadline)) {
    attempts_->Tick();
    if (welcomed_) SendHeartbeat();
    tick_at_ = now + terms_.heartbeat_interval;
  }
}

bool WorkerSession::StreamIsDead() const {
  const Duration patience = welcomed_ ? std::max(terms_.heartbeat_interval * settings_.silent_heartbeats,
                                                 settings_.shortest_silence)
                                      : settings_.welcome_patience;
  return parts_.clock.Now() >= heard_at_ + patience;
}

Duration WorkerSession::UntilNextStep() const {
  const BootTime now = parts_.clock.Now();
  BootTime next = std::min(tick_at_, now + kLongestWait);
  if (!stream_) next = std::min(next, connect_at_);
  if (stop_at_) next = std::min(next, *stop_at_);
  if (const auto deadline = attempts_->NextDeadline()) next = std::min(next, *deadline);
  return std::max(next - now, Duration::zero());
}

void WorkerSession::Connect() {
  if (auto status = parts_.connection.ReloadToken(); !status.ok()) {
    parts_.log.error("{}", std::string(status.message()));
  }
  const std::uint64_t no = ++stream_no_;
  AttachListener listener;
  listener.on_message = [this, no](v1::AttachResponse message) {
    inbox_.Post([this, no, message = std::move(message)] {
      if (no != stream_no_ || !stream_) return;
      Handle(message);
      stream_->ReadNext();
    });
  };
  listener.on_closed = [this, no](const grpc::Status& status) {
    inbox_.Post([this, no, status] {
      if (no == stream_no_ && stream_) Closed(status);
    });
  };
  stream_ = std::make_unique<AttachStream>(parts_.connection, std::move(listener));
  announced_roots_ = roots_->Present();
  hello_ = MakeHello();
  hello_sent_at_ = heard_at_ = parts_.clock.Now();
  v1::AttachRequest message;
  *message.mutable_hello() = hello_;
  stream_->Open(std::move(message));
}

v1::Hello WorkerSession::MakeHello() const {
  v1::Hello hello;
  hello.set_name(settings_.name);
  hello.set_host(settings_.host);
  hello.set_incarnation(settings_.incarnation);
  hello.set_job_schema(settings_.job_schema);
  hello.set_version(settings_.version);
  hello.set_pool(settings_.pool);
  for (const std::string& tag : settings_.tags) hello.add_tags(tag);
  for (const supervision::Device& device : parts_.devices.devices()) *hello.add_devices() = ToProto(device);
  for (const std::string& name : announced_roots_) hello.add_roots(name);
  attempts_->AddTo(hello);
  return hello;
}

void WorkerSession::Closed(const grpc::Status& status) {
  stream_.reset();
  const Duration wait = backoff_.Next();
  connect_at_ = parts_.clock.Now() + wait;
  parts_.log.warn("session with {} ended ({}); trying again in {:.1f} s", parts_.connection.target(), Describe(status),
                  supervision::ToSeconds(wait));
  if (std::exchange(ready_, false)) {
    parts_.meter.Connected(false);
    attempts_->Pause();
  }
  welcomed_ = closing_ = false;
  heartbeats_.clear();
}

void WorkerSession::Handle(const v1::AttachResponse& message) {
  heard_at_ = parts_.clock.Now();
  if (message.has_welcome()) return Welcomed(message.welcome());
  if (!welcomed_) return parts_.log.warn("{} spoke before its welcome; ignored", parts_.connection.target());
  switch (message.message_case()) {
    case v1::AttachResponse::kOffer: return TakeOffer(message.offer());
    case v1::AttachResponse::kRenewAck: return Renewed(message.renew_ack());
    case v1::AttachResponse::kResultAck: return attempts_->Acknowledged(message.result_ack());
    case v1::AttachResponse::kStop: return attempts_->Stop(message.stop());
    case v1::AttachResponse::kAdjust: return attempts_->Adjust(message.adjust());
    // The server alone decides what it offers; this worker goes on as it is until its attempts have ended.
    case v1::AttachResponse::kDrain: return parts_.log.info("the server drains this worker: no new work will come");
    case v1::AttachResponse::kReconcile:
      attempts_->Reconcile(hello_, message.reconcile(), hello_sent_at_);
      return BecomeReady();
    default: parts_.log.warn("a message of a kind that this version does not know was ignored");
  }
}

// What was offered may need a root that has gone since the hello.
void WorkerSession::TakeOffer(const v1::Offer& offer) {
  if (roots_->Present() == announced_roots_) return attempts_->Offer(offer, announced_roots_);
  attempts_->Reject(offer, "roots of this worker came or went; it attaches anew");
}

void WorkerSession::Welcomed(const v1::Welcome& welcome) {
  const LeaseTerms defaults;
  const auto positive = [](double seconds, Duration otherwise) {
    return seconds > 0 ? supervision::FromSeconds(seconds) : otherwise;
  };
  terms_.heartbeat_interval = positive(welcome.heartbeat_interval_seconds(), defaults.heartbeat_interval);
  terms_.lease = positive(welcome.lease_seconds(), defaults.lease);
  terms_.disconnected_limit = positive(welcome.disconnected_limit_seconds(), Duration::zero());
  attempts_->SetTerms(terms_);
  welcomed_ = true;
  backoff_.Reset();
  tick_at_ = parts_.clock.Now();
  parts_.log.info("welcomed by {} as {} (session {})", parts_.connection.target(), welcome.worker_id(),
                  welcome.session_epoch());
  if (const std::string trouble = roots_->Trouble(); !trouble.empty()) {
    parts_.log.warn("work that needs these roots will not come: {}", trouble);
  }
  // What was named has to be judged first; with nothing named there may be no judgement.
  if (hello_.running().empty() && hello_.unacknowledged().empty()) BecomeReady();
}

void WorkerSession::BecomeReady() {
  if (std::exchange(ready_, true)) return;
  parts_.meter.Connected(true);
  attempts_->Resume();
}

void WorkerSession::Renewed(const v1::RenewAck& ack) {
  const auto sent = heartbeats_.find(ack.heartbeat_no());
  // An answer to a heartbeat of long ago or of another stream renews nothing.
  if (sent == heartbeats_.end()) return;
  attempts_->Renewed(ack, sent->second);
  heartbeats_.erase(heartbeats_.begin(), std::next(sent));
}

void WorkerSession::SendHeartbeat() {
  v1::AttachRequest message;
  v1::Heartbeat* heartbeat = message.mutable_heartbeat();
  heartbeat->set_heartbeat_no(++heartbeat_no_);
  for (v1::AttemptRef& attempt : attempts_->All()) *heartbeat->add_attempts() = std::move(attempt);
  for (const supervision::Device& device : parts_.devices.devices()) {
    const auto used = parts_.devices.MemoryUsedBytes(device);
    if (!used) continue;
    v1::DeviceUse* use = heartbeat->add_device_use();
    use->set_uuid(device.uuid);
    use->set_memory_used_bytes(*used);
  }
  heartbeats_[heartbeat_no_] = parts_.clock.Now();
  if (heartbeats_.size() > kOpenHeartbeats) heartbeats_.erase(heartbeats_.begin());
  Send(std::move(message));
}

void WorkerSession::Send(v1::AttachRequest message) {
  if (stream_ && welcomed_ && !closing_) stream_->Send(std::move(message));
}

}  // namespace interneg::session
