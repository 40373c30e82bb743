// One attempt's way: offer, fetching, engine, delivery, acknowledgement.
#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/session/attempts.h"
#include "worker/session/documents.h"
#include "worker/session/outcome.h"
#include "worker/spool/sha256.h"

namespace interneg::session {
namespace {

using supervision::BootTime;
using supervision::Duration;

constexpr std::size_t kLogTailBytes = 4096;

std::string LogTail(spool::Entry& entry) {
  const std::uint64_t size = entry.log_bytes();
  auto tail = entry.ReadLog(size > kLogTailBytes ? size - kLogTailBytes : 0, kLogTailBytes);
  return tail.ok() ? AsUtf8(std::move(*tail)) : "";
}

}  // namespace

void Attempts::Offer(const v1::Offer& offer) {
  if (const Attempt* known = Find(offer.attempt()); known != nullptr && !known->stale) {
    // The first answer may have been lost with a stream.
    v1::AttachRequest message;
    *message.mutable_accept()->mutable_attempt() = offer.attempt();
    parts_.send(std::move(message));
    return;
  }
  const std::string reason = ReasonToReject(offer);
  if (reason.empty()) {
    Accept(offer);
  } else {
    Reject(offer, reason);
  }
}

std::string Attempts::ReasonToReject(const v1::Offer& offer) const {
  if (stopping_) return "the worker is stopping";
  const std::string id = spool::EntryKey{offer.attempt().task_id(), offer.attempt().attempt_no()}.Name();
  if (attempts_.contains(id)) return "the worker still ends this attempt under another token";
  if (spool::Sha256Hex(offer.spec()) != offer.spec_sha256()) return "the job document does not have the hash it came with";
  // Probing and publishing need no device and may run beside anything.
  if (offer.device_uuid().empty()) return "";
  if (parts_.devices.Find(offer.device_uuid()) == nullptr) {
    return absl::StrCat("this worker has no device ", offer.device_uuid());
  }
  const Attempt* holder = HolderOf(offer.device_uuid());
  if (holder != nullptr && !holder->stopping && !holder->stale) {
    return absl::StrCat("device ", offer.device_uuid(), " works for ", holder->key.Name());
  }
  return "";
}

void Attempts::Reject(const v1::Offer& offer, const std::string& reason) {
  parts_.log.warn("offer of {}.{} rejected: {}", offer.attempt().task_id(), offer.attempt().attempt_no(), reason);
  parts_.meter.OfferRejected();
  v1::AttachRequest message;
  *message.mutable_reject()->mutable_attempt() = offer.attempt();
  message.mutable_reject()->set_reason(reason);
  parts_.send(std::move(message));
}

void Attempts::Accept(const v1::Offer& offer) {
  auto attempt = std::make_unique<Attempt>();
  attempt->key = {offer.attempt().task_id(), offer.attempt().attempt_no()};
  attempt->offered_at = parts_.clock.Now();
  attempt->offer = offer;
  attempt->lease = LeaseFor(offer.assignment());
  v1::Offer description = offer;
  description.clear_spec();
  auto entry = parts_.spool.Begin(attempt->key, description.SerializeAsString());
  if (!entry.ok()) return Reject(offer, std::string(entry.status().message()));
  attempt->entry = *entry;
  v1::AttachRequest message;
  *message.mutable_accept()->mutable_attempt() = offer.attempt();
  const BootTime sent_at = parts_.clock.Now();
  parts_.send(std::move(message));
  Wanted wanted{offer.checkpoint_sha256(), offer.resume_sha256(), {}};
  for (const auto& input : offer.inputs()) wanted.input_sha256[input.role()] = input.sha256();
  attempt->courier = MakeCourier(*attempt, std::move(wanted));
  Confirm(*attempt, sent_at);
  attempts_.emplace(attempt->key.Name(), std::move(attempt));
  CountAttempts();
}

void Attempts::FetchedFor(Attempt& attempt, absl::StatusOr<Fetched> fetched) {
  if (attempt.phase != Phase::kFetching) return;
  if (attempt.stale) return Forget(spool::EntryKey(attempt.key));
  if (!fetched.ok()) {
    return EndWith(attempt, LocalFailure(attempt.ref(), v1::FAILURE_KIND_STORAGE, std::string(fetched.status().message()),
                                         "see the worker's log; the task may succeed on another worker"));
  }
  attempt.fetched = std::move(*fetched);
  attempt.phase = Phase::kWaitingForDevice;
  StartWaiting();
}

const supervision::Device* Attempts::DeviceFor(const v1::Offer& offer) const {
  return offer.device_uuid().empty() ? &no_device_ : parts_.devices.Find(offer.device_uuid());
}

const Attempts::Attempt* Attempts::HolderOf(const std::string& device_uuid) const {
  if (device_uuid.empty()) return nullptr;
  for (const auto& [id, attempt] : attempts_) {
    const bool ended = attempt->phase == Phase::kDelivering || attempt->phase == Phase::kReported;
    if (!ended && attempt->offer.device_uuid() == device_uuid) return attempt.get();
  }
  return nullptr;
}

// A device whose engine is being ended may be promised already; its new engine starts when the old one is gone.
void Attempts::StartWaiting() {
  for (auto& [id, attempt] : attempts_) {
    if (attempt->phase != Phase::kWaitingForDevice || attempt->stale) continue;
    const std::string& device_uuid = attempt->offer.device_uuid();
    const bool light = attempt->offer.device_uuid().empty();
    bool free = true;
    for (const auto& [other_id, other] : attempts_) {
      if (!light && other->phase == Phase::kRunning && !device_uuid.empty() && other->offer.device_uuid() == device_uuid) free = false;
    }
    if (free) StartEngine(*attempt);
  }
}

absl::StatusOr<supervision::LaunchPlan> Attempts::Plan(const Attempt& attempt) const {
  static const supervision::Device kAnyCpu;
  const supervision::Device* device = DeviceFor(attempt.offer);
  if (device == nullptr) device = &kAnyCpu;
  const LocalFacts facts{parts_.engine.roots, parts_.engine.excluded_folders, attempt.entry->scratch_folder(), attempt.fetched.checkpoint_path,
                         attempt.fetched.resume_path, attempt.fetched.input_paths, terms_.lease};
  auto job = attempt.entry->WriteDocument("job.json", attempt.offer.spec());
  if (!job.ok()) return job.status();
  auto assignment = attempt.entry->WriteDocument("assignment.json",
                                                 AssignmentDocument(attempt.offer.assignment(), facts, *device));
  if (!assignment.ok()) return assignment.status();
  supervision::LaunchPlan plan;
  plan.program = parts_.engine.program;
  plan.arguments = {"run",         "--job",
                    *job,          "--assignment",
                    *assignment,   "--events-fd",
                    std::to_string(supervision::kEventsFd),
                    "--lease-fd",  std::to_string(supervision::kLeaseFd)};
  plan.environment = supervision::EngineEnvironment(*device, parts_.engine.environment);
  plan.working_folder = attempt.entry->scratch_folder();
  plan.cpus = device->cpus;
  return plan;
}

void Attempts::StartEngine(Attempt& attempt) {
  auto plan = Plan(attempt);
  if (!plan.ok()) {
    return EndWith(attempt, LocalFailure(attempt.ref(), v1::FAILURE_KIND_STORAGE, std::string(plan.status().message()),
                                         "free space in the worker's state folder"));
  }
  const std::string& id = attempt.key.Name();
  attempt.phase = Phase::kRunning;
  ear_.Hear(id, attempt.entry, *attempt.courier);
  const BootTime until = attempt.lease.EngineUntil(terms_, parts_.clock.Now());
  supervisor_->Start(id, std::move(*plan), until);
  supervisor_->Renew(id, until);
  for (std::string& line : attempt.adjustments) supervisor_->Command(id, std::move(line));
  attempt.adjustments.clear();
  CountAttempts();
}

void Attempts::Started(Attempt& attempt, BootTime when) {
  parts_.meter.EngineStarted(when - attempt.offered_at);
  parts_.log.info("{}: engine started {:.1f} ms after the offer", attempt.key.Name(),
                  supervision::ToSeconds(when - attempt.offered_at) * 1e3);
  v1::EngineProgress progress;
  progress.set_phase("starting");
  SendProgress(attempt, std::move(progress));
}

void Attempts::SendProgress(const Attempt& attempt, v1::EngineProgress progress) const {
  v1::AttachRequest message;
  *message.mutable_progress()->mutable_attempt() = attempt.ref();
  *message.mutable_progress()->mutable_progress() = std::move(progress);
  parts_.send(std::move(message));
}

void Attempts::Stop(const v1::Stop& stop) {
  Attempt* attempt = Find(stop.attempt());
  if (attempt == nullptr) return;
  parts_.log.info("{}: the server asks it to stop ({})", attempt->key.Name(), v1::StopReason_Name(stop.reason()));
  const Duration grace = supervision::FromSeconds(stop.grace_seconds());
  // What it made may still be on its way, or never arrive; nobody waits for it longer than for an engine.
  attempt->stop_grace = grace;
  if (attempt->phase == Phase::kDelivering && !attempt->give_up_at) attempt->give_up_at = parts_.clock.Now() + grace;
  HandBack(*attempt, grace, "it was stopped before its engine ran");
}

void Attempts::GiveUpDelivery(Attempt& attempt) {
  parts_.log.warn("{}: stopped while what it made could not be delivered; the rest is dropped", attempt.key.Name());
  attempt.courier->Abandon();
  retired_.push_back(std::move(attempt.courier));
  attempt.courier = MakeCourier(attempt, std::nullopt);
  attempt.result = HandedBack(attempt.ref(), "it was stopped while what it made could not be delivered");
  attempt.phase = Phase::kReported;
  SendResult(attempt);
}

void Attempts::HandBack(Attempt& attempt, Duration grace, const std::string& why) {
  attempt.stopping = true;
  switch (attempt.phase) {
    case Phase::kFetching:
    case Phase::kWaitingForDevice: EndWith(attempt, HandedBack(attempt.ref(), why)); break;
    case Phase::kRunning:
      parts_.log.info("{}: stopping its engine within {:.0f} s", attempt.key.Name(), supervision::ToSeconds(grace));
      supervisor_->Stop(attempt.key.Name(), grace);
      break;
    case Phase::kDelivering:
    case Phase::kReported: break;
  }
}

void Attempts::Adjust(const v1::Adjust& adjust) {
  Attempt* attempt = Find(adjust.attempt());
  if (attempt == nullptr) return;
  std::string line = AdjustCommand(adjust.adjust());
  if (attempt->phase == Phase::kRunning) {
    supervisor_->Command(attempt->key.Name(), std::move(line));
  } else {
    attempt->adjustments.push_back(std::move(line));
  }
}

void Attempts::Ended(Attempt& attempt, const supervision::EngineEnd& end) {
  ear_.Forget(attempt.key.Name());
  parts_.log.info("{}: engine ended: {}", attempt.key.Name(), end.Describe());
  if (attempt.stale) {
    Forget(spool::EntryKey(attempt.key));
  } else {
    v1::Result result = attempt.decided
                            ? *attempt.decided
                            : ResultOf(attempt.ref(), std::move(attempt.said), end, LogTail(*attempt.entry));
    parts_.meter.EngineEnded(OutcomeName(result), end.peak_memory_bytes);
    EndWith(attempt, std::move(result));
  }
  StartWaiting();
  CountAttempts();
}

void Attempts::EndWith(Attempt& attempt, v1::Result result) {
  // While it still fetches, its courier is busy with that; a new one delivers.
  if (attempt.phase == Phase::kFetching) {
    attempt.courier->Abandon();
    retired_.push_back(std::move(attempt.courier));
    attempt.courier = MakeCourier(attempt, std::nullopt);
    if (const auto until = attempt.lease.PublishUntil(terms_)) attempt.courier->AllowUntil(*until);
  }
  attempt.phase = Phase::kDelivering;
  if (attempt.stop_grace) attempt.give_up_at = parts_.clock.Now() + *attempt.stop_grace;
  attempt.result = std::move(result);
  attempt.courier->Finish(attempt.result.SerializeAsString());
  CountAttempts();
}

void Attempts::Delivered(Attempt& attempt) {
  if (attempt.phase != Phase::kDelivering) return;
  // A training whose model did not arrive has not succeeded, whatever its engine says.
  const std::string lost = attempt.courier->lost_checkpoint();
  if (!lost.empty() && attempt.result.result().outcome() == v1::ENGINE_OUTCOME_SUCCEEDED) {
    attempt.result = LocalFailure(attempt.ref(), v1::FAILURE_KIND_STORAGE, lost, "see the worker's and the server's log");
  }
  attempt.phase = Phase::kReported;
  SendResult(attempt);
}

void Attempts::SendResult(Attempt& attempt) {
  attempt.result_sent_at = parts_.clock.Now();
  v1::AttachRequest message;
  *message.mutable_result() = attempt.result;
  parts_.send(std::move(message));
}

void Attempts::Acknowledged(const v1::ResultAck& ack) {
  const Attempt* attempt = Find(ack.attempt());
  if (attempt == nullptr || attempt->phase != Phase::kReported) return;
  const bool stale = ack.disposition() == v1::RESULT_DISPOSITION_STALE;
  parts_.log.info("{}: result {}", attempt->key.Name(), stale ? "stale, dropped" : "committed");
  parts_.meter.ResultAcknowledged(stale ? "stale" : "committed");
  Forget(spool::EntryKey(attempt->key));
}

void Attempts::BecomeStale(Attempt& attempt, const std::string& why) {
  if (std::exchange(attempt.stale, true)) return;
  parts_.log.warn("{}: {}; it is ended and forgotten", attempt.key.Name(), why);
  attempt.courier->Abandon();
  if (attempt.phase == Phase::kRunning) {
    supervisor_->Kill(attempt.key.Name());
  } else {
    const spool::EntryKey key = attempt.key;
    parts_.inbox.Post([this, key] { Forget(key); });
  }
}

void Attempts::Forget(const spool::EntryKey& key) {
  const auto found = attempts_.find(key.Name());
  if (found == attempts_.end()) return;
  found->second->courier->Abandon();
  retired_.push_back(std::move(found->second->courier));
  attempts_.erase(found);
  if (auto status = parts_.spool.Remove(key); !status.ok()) {
    parts_.log.error("{}: {}", key.Name(), std::string(status.message()));
  }
  CountAttempts();
}

}  // namespace interneg::session
