// One attempt's way from the end of its engine until it is forgotten.
#include <utility>

#include "worker/session/attempts.h"
#include "worker/session/outcome.h"

namespace interneg::session {

void Attempts::EndWith(Attempt& attempt, v1::Result result) {
  // While it still fetches, its courier is busy with that; a new one delivers.
  if (attempt.phase == Phase::kFetching) {
    attempt.courier->Abandon();
    retired_.push_back(std::move(attempt.courier));
    attempt.courier = MakeCourier(attempt, std::nullopt);
    if (const auto until = attempt.lease.PublishUntil(terms_)) attempt.courier->AllowUntil(*until);
  }
  attempt.phase = Phase::kDelivering;
  CountGrace(attempt);
  attempt.result = std::move(result);
  attempt.courier->Finish(attempt.result.SerializeAsString());
  CountAttempts();
}

void Attempts::CountGrace(Attempt& attempt) const {
  if (!session_stands_ || attempt.phase != Phase::kDelivering || !attempt.stop_grace || attempt.give_up_at) return;
  attempt.give_up_at = parts_.clock.Now() + *attempt.stop_grace;
}

void Attempts::GiveUpDelivery(Attempt& attempt) {
  parts_.log.warn("{}: stopped while what it made could not be delivered; the rest is dropped", attempt.key.Name());
  DoubtSuccess(attempt);
  attempt.courier->Abandon();
  retired_.push_back(std::move(attempt.courier));
  attempt.courier = MakeCourier(attempt, std::nullopt);
  attempt.phase = Phase::kReported;
  SendResult(attempt);
}

// A training whose model did not arrive has not succeeded, whatever its engine says.
void Attempts::DoubtSuccess(Attempt& attempt) {
  if (attempt.result.result().outcome() != v1::ENGINE_OUTCOME_SUCCEEDED) return;
  const std::string lost = attempt.courier->lost_checkpoint();
  if (attempt.courier->CheckpointWaits()) {
    attempt.result = HandedBack(attempt.ref(), "it was stopped while its checkpoint could not be delivered");
  } else if (!lost.empty()) {
    attempt.result = LocalFailure(attempt.ref(), v1::FAILURE_KIND_STORAGE, lost, "see the worker's and the server's log");
  }
}

void Attempts::Delivered(Attempt& attempt) {
  if (attempt.phase != Phase::kDelivering) return;
  DoubtSuccess(attempt);
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
