// One attempt's way from its offer to the end of its engine.
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

void Attempts::Offer(const v1::Offer& offer, const std::set<std::string>& announced) {
  if (const Attempt* known = Find(offer.attempt()); known != nullptr && !known->stale) {
    // The first answer may have been lost with a stream.
    v1::AttachRequest message;
    *message.mutable_accept()->mutable_attempt() = offer.attempt();
    parts_.send(std::move(message));
    return;
  }
  const std::string reason = ReasonToReject(offer);
  if (reason.empty()) {
    Accept(offer, announced);
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

void Attempts::Accept(const v1::Offer& offer, const std::set<std::string>& announced) {
  auto attempt = std::make_unique<Attempt>();
  attempt->key = {offer.attempt().task_id(), offer.attempt().attempt_no()};
  attempt->offered_at = parts_.clock.Now();
  attempt->offer = offer;
  attempt->announced_roots = announced;
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

// An engine opens all that it is given: one share that is away would fail it, or hold it, whatever its job reads.
std::map<std::string, std::string> Attempts::RootsThatAreThere() const {
  std::map<std::string, std::string> roots = parts_.engine.roots;
  const std::set<std::string> present = parts_.roots.Present();
  std::erase_if(roots, [&](const auto& root) { return !present.contains(root.first); });
  return roots;
}

absl::StatusOr<supervision::LaunchPlan> Attempts::Plan(const Attempt& attempt) const {
  static const supervision::Device kAnyCpu;
  const supervision::Device* device = DeviceFor(attempt.offer);
  if (device == nullptr) device = &kAnyCpu;
  const LocalFacts facts{RootsThatAreThere(),
                         parts_.engine.excluded_folders,
                         attempt.entry->scratch_folder(),
                         attempt.fetched.checkpoint_path,
                         attempt.fetched.resume_path,
                         attempt.fetched.input_paths,
                         terms_.lease};
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
  CountGrace(*attempt);
  HandBack(*attempt, grace, "it was stopped before its engine ran");
}

void Attempts::HandBack(Attempt& attempt, Duration grace, const std::string& why) {
  attempt.stopping = true;
  switch (attempt.phase) {
    case Phase::kFetching:
    case Phase::kWaitingForDevice: EndWith(attempt, HandedBack(attempt.ref(), why)); break;
    case Phase::kRunning:
      parts_.log.info("{}: stopping its engine within {:.0f} s", attempt.key.Name(), supervision::ToSeconds(grace));
      attempt.kill_at = std::min(attempt.kill_at.value_or(BootTime::max()), parts_.clock.Now() + grace);
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

std::string Attempts::LostRoots(const Attempt& attempt) const {
  const std::set<std::string> present = parts_.roots.LookAnew();
  std::vector<std::string> lost;
  std::set_difference(attempt.announced_roots.begin(), attempt.announced_roots.end(), present.begin(), present.end(),
                      std::back_inserter(lost));
  return absl::StrJoin(lost, ", ");
}

// A share that goes away makes frames look missing: no verdict on the job, which would fail for good.
v1::Result Attempts::ResultFor(Attempt& attempt, const supervision::EngineEnd& end) const {
  if (attempt.decided) return *attempt.decided;
  v1::Result result = ResultOf(attempt.ref(), std::move(attempt.said), end, LogTail(*attempt.entry));
  const v1::FailureKind kind = result.result().failure().kind();
  if (result.result().outcome() != v1::ENGINE_OUTCOME_FAILED) return result;
  if (kind != v1::FAILURE_KIND_BAD_INPUT && kind != v1::FAILURE_KIND_STORAGE) return result;
  const std::string lost = LostRoots(attempt);
  if (lost.empty()) return result;
  parts_.log.warn("{}: {}; handed back, since roots went away meanwhile: {}", attempt.key.Name(),
                  result.result().failure().message(), lost);
  return HandedBack(attempt.ref(), absl::StrCat("roots of the worker went away meanwhile: ", lost));
}

void Attempts::Ended(Attempt& attempt, const supervision::EngineEnd& end) {
  ear_.Forget(attempt.key.Name());
  parts_.log.info("{}: engine ended: {}", attempt.key.Name(), end.Describe());
  if (attempt.stale) {
    Forget(spool::EntryKey(attempt.key));
  } else {
    v1::Result result = ResultFor(attempt, end);
    parts_.meter.EngineEnded(OutcomeName(result), end.peak_memory_bytes);
    EndWith(attempt, std::move(result));
  }
  StartWaiting();
  CountAttempts();
}

}  // namespace interneg::session
