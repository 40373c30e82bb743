#include "worker/session/attempts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/session/outcome.h"
#include "worker/supervision/cpu_slots.h"

namespace interneg::session {
namespace {

using supervision::BootTime;
using supervision::Duration;

// A result that nobody acknowledged on a living stream is sent again.
constexpr Duration kResultPatience = std::chrono::seconds(10);

std::string IdOf(const v1::AttemptRef& ref) { return spool::EntryKey{ref.task_id(), ref.attempt_no()}.Name(); }

bool Names(const google::protobuf::RepeatedPtrField<v1::AttemptRef>& refs, const v1::AttemptRef& ref) {
  return std::any_of(refs.begin(), refs.end(), [&](const v1::AttemptRef& other) {
    return IdOf(other) == IdOf(ref) && other.token() == ref.token();
  });
}

}  // namespace

Attempts::Attempts(AttemptsParts parts)
    : parts_(std::move(parts)),
      no_device_{"", supervision::DeviceKind::kCpu, "", 0, 0, supervision::AllowedCpus()},
      ear_(News()) {
  supervisor_ = std::make_unique<supervision::Supervisor>(parts_.clock, parts_.engine.supervisor, ear_);
}

Attempts::~Attempts() {
  supervisor_->Shutdown();
  for (auto& [id, attempt] : attempts_) {
    if (attempt->courier) attempt->courier->Abandon();
  }
}

void Attempts::PostFor(const std::string& id, std::function<void(Attempt&)> work) {
  parts_.inbox.Post([this, id, work = std::move(work)] {
    const auto found = attempts_.find(id);
    if (found != attempts_.end()) work(*found->second);
  });
}

EngineNews Attempts::News() {
  EngineNews news;
  news.started = [this](const std::string& id, BootTime when) {
    PostFor(id, [this, when](Attempt& attempt) { Started(attempt, when); });
  };
  news.progress = [this](const std::string& id) {
    PostFor(id, [this, id](Attempt& attempt) {
      if (auto progress = ear_.TakeProgress(id)) SendProgress(attempt, std::move(*progress));
    });
  };
  news.result = [this](const std::string& id, v1::EngineResult result) {
    PostFor(id, [result = std::move(result)](Attempt& attempt) { attempt.said = result; });
  };
  news.cannot_keep = [this](const std::string& id, const absl::Status& why) {
    PostFor(id, [this, why](Attempt& attempt) {
      parts_.log.error("{}: its events cannot be kept: {}", attempt.key.Name(), std::string(why.message()));
      attempt.decided = LocalFailure(attempt.ref(), v1::FAILURE_KIND_STORAGE, std::string(why.message()),
                                     "free space in the worker's state folder");
      supervisor_->Kill(attempt.key.Name());
    });
  };
  news.malformed = [this](const std::string& id, const std::string& what) {
    PostFor(id, [this, what](Attempt& attempt) { parts_.log.warn("{}: {}", attempt.key.Name(), what); });
  };
  news.ended = [this](const std::string& id, const supervision::EngineEnd& end) {
    PostFor(id, [this, end](Attempt& attempt) { Ended(attempt, end); });
  };
  return news;
}

void Attempts::OnFetched(const spool::EntryKey& key, absl::StatusOr<Fetched> fetched) {
  PostFor(key.Name(), [this, fetched = std::move(fetched)](Attempt& attempt) { FetchedFor(attempt, fetched); });
}

void Attempts::OnDelivered(const spool::EntryKey& key) {
  PostFor(key.Name(), [this](Attempt& attempt) { Delivered(attempt); });
}

void Attempts::OnStale(const spool::EntryKey& key) {
  PostFor(key.Name(), [this](Attempt& attempt) { BecomeStale(attempt, "the server refused its report"); });
}

void Attempts::OnTrouble(const spool::EntryKey& key, const std::string& what) {
  parts_.log.warn("{}: {}", key.Name(), what);
}

Attempts::Attempt* Attempts::Find(const v1::AttemptRef& ref) {
  const auto found = attempts_.find(IdOf(ref));
  if (found == attempts_.end() || found->second->ref().token() != ref.token()) return nullptr;
  return found->second.get();
}

// Publication must not go on behind the server's back; everything else happens in a folder of the attempt's own.
Lease Attempts::LeaseFor(const v1::Assignment& assignment) {
  return Lease(assignment.kind() == v1::TASK_KIND_PUBLISH ? Lease::Beyond::kMustStop : Lease::Beyond::kMayCompute);
}

std::unique_ptr<Courier> Attempts::MakeCourier(const Attempt& attempt, std::optional<Wanted> wanted) {
  const CourierParts parts{parts_.connection, parts_.cache, parts_.clock, parts_.random, parts_.courier, *this};
  return std::make_unique<Courier>(parts, attempt.entry, attempt.ref(), std::move(wanted));
}

void Attempts::Recover() {
  for (const auto& entry : parts_.spool.Entries()) TakeUp(entry);
  CountAttempts();
}

void Attempts::TakeUp(const std::shared_ptr<spool::Entry>& entry) {
  auto attempt = std::make_unique<Attempt>();
  attempt->key = entry->key();
  attempt->entry = entry;
  if (!attempt->offer.ParseFromString(entry->description()) || IdOf(attempt->ref()) != entry->key().Name()) {
    parts_.log.error("{}: its description in the spool is not this version's; it is dropped", entry->key().Name());
    (void)parts_.spool.Remove(entry->key());
    return;
  }
  attempt->lease = LeaseFor(attempt->offer.assignment());
  attempt->phase = Phase::kDelivering;
  attempt->courier = MakeCourier(*attempt, std::nullopt);
  const auto kept = entry->result();
  if (kept && attempt->result.ParseFromString(*kept)) {
    parts_.log.info("{}: its result waits for the server", entry->key().Name());
    attempt->courier->Finish(std::nullopt);
  } else {
    parts_.log.warn("{}: its engine ended with the daemon that ran it; its work is handed back", entry->key().Name());
    attempt->result = HandedBack(attempt->ref(), "the worker daemon ended while the engine ran");
    attempt->courier->Finish(attempt->result.SerializeAsString());
  }
  attempts_.emplace(entry->key().Name(), std::move(attempt));
}

void Attempts::AddTo(v1::Hello& hello) const {
  for (const auto& [id, attempt] : attempts_) {
    if (attempt->stale) continue;
    const bool ended = attempt->phase == Phase::kDelivering || attempt->phase == Phase::kReported;
    *(ended ? hello.add_unacknowledged() : hello.add_running()) = attempt->ref();
  }
}

std::vector<v1::AttemptRef> Attempts::All() const {
  std::vector<v1::AttemptRef> out;
  for (const auto& [id, attempt] : attempts_) {
    if (!attempt->stale) out.push_back(attempt->ref());
  }
  return out;
}

void Attempts::Reconcile(const v1::Hello& hello, const v1::Reconcile& judgement, BootTime sent_at) {
  for (const auto* named : {&hello.running(), &hello.unacknowledged()}) {
    for (const v1::AttemptRef& ref : *named) {
      Attempt* attempt = Find(ref);
      if (attempt == nullptr) continue;
      if (Names(judgement.live(), ref)) {
        Confirm(*attempt, sent_at);
      } else {
        BecomeStale(*attempt, "the server no longer counts it as live");
      }
    }
  }
}

void Attempts::Renewed(const v1::RenewAck& ack, BootTime sent_at) {
  for (const v1::AttemptRef& ref : ack.renewed()) {
    if (Attempt* attempt = Find(ref)) Confirm(*attempt, sent_at);
  }
  for (const v1::AttemptRef& ref : ack.stale()) {
    Attempt* attempt = Find(ref);
    // One whose result is on its way may just have been committed; the answer to the result will tell.
    if (attempt != nullptr && attempt->phase != Phase::kReported) BecomeStale(*attempt, "the server no longer counts it as live");
  }
}

void Attempts::Confirm(Attempt& attempt, BootTime sent_at) {
  attempt.lease.Confirm(sent_at);
  if (attempt.courier) attempt.courier->AllowUntil(*attempt.lease.PublishUntil(terms_));
  if (attempt.phase == Phase::kRunning) RenewEngine(attempt);
}

// One that is stopping may need more than a lease for its last checkpoint.
void Attempts::RenewEngine(const Attempt& attempt) {
  const BootTime now = parts_.clock.Now();
  const BootTime until = attempt.lease.EngineUntil(terms_, now);
  if (!attempt.stopping) return supervisor_->Renew(attempt.key.Name(), until);
  if (until > now && attempt.kill_at) supervisor_->Renew(attempt.key.Name(), std::min(until, *attempt.kill_at));
}

void Attempts::SetTerms(const LeaseTerms& terms) { terms_ = terms; }

void Attempts::Tick() {
  const BootTime now = parts_.clock.Now();
  for (auto& [id, attempt] : attempts_) {
    if (attempt->phase == Phase::kDelivering && attempt->give_up_at && now >= *attempt->give_up_at) GiveUpDelivery(*attempt);
    if (attempt->phase == Phase::kReported && now >= attempt->result_sent_at + kResultPatience) SendResult(*attempt);
    if (attempt->phase != Phase::kRunning || attempt->stale) continue;
    const auto limit = attempt->lease.ComputeUntil(terms_);
    if (!attempt->stopping && limit && now >= *limit) {
      HandBack(*attempt, parts_.engine.stop_grace, "the server could not be reached for longer than it allows");
    } else {
      RenewEngine(*attempt);
    }
  }
  std::erase_if(retired_, [](const auto& courier) { return courier->finished(); });
}

std::optional<BootTime> Attempts::NextDeadline() const {
  std::optional<BootTime> next;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt->phase == Phase::kDelivering && attempt->give_up_at) {
      next = next ? std::min(*next, *attempt->give_up_at) : attempt->give_up_at;
    }
    if (attempt->phase != Phase::kRunning || attempt->stopping || attempt->stale) continue;
    if (const auto limit = attempt->lease.ComputeUntil(terms_)) next = next ? std::min(*next, *limit) : *limit;
  }
  return next;
}

void Attempts::Resume() {
  session_stands_ = true;
  for (auto& [id, attempt] : attempts_) {
    CountGrace(*attempt);
    if (attempt->courier) attempt->courier->Wake();
    if (attempt->phase == Phase::kReported) SendResult(*attempt);
  }
}

void Attempts::Pause() {
  session_stands_ = false;
  for (auto& [id, attempt] : attempts_) {
    if (!attempt->give_up_at) continue;
    attempt->stop_grace = std::max(*attempt->give_up_at - parts_.clock.Now(), Duration::zero());
    attempt->give_up_at.reset();
  }
}

void Attempts::Wake() {
  supervisor_->Wake();
  for (auto& [id, attempt] : attempts_) {
    if (attempt->courier) attempt->courier->Wake();
  }
}

void Attempts::StopAll(Duration grace) {
  stopping_ = true;
  for (auto& [id, attempt] : attempts_) HandBack(*attempt, grace, "the worker daemon was stopped");
}

bool Attempts::SafeToLeave() const {
  return std::all_of(attempts_.begin(), attempts_.end(), [](const auto& named) {
    const Attempt& attempt = *named.second;
    const bool ended = attempt.phase == Phase::kDelivering || attempt.phase == Phase::kReported;
    return ended && attempt.entry->result().has_value();
  });
}

void Attempts::CountAttempts() const {
  std::size_t running = 0;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt->phase == Phase::kRunning) ++running;
  }
  parts_.meter.Attempts(running, attempts_.size() - running);
}

}  // namespace interneg::session
