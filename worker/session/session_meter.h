// What a session counts, for whoever shows it.
#ifndef INTERNEG_WORKER_SESSION_SESSION_METER_H_
#define INTERNEG_WORKER_SESSION_SESSION_METER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "worker/supervision/boot_clock.h"

namespace interneg::session {

// Called from the session's thread; must not block. The base does nothing.
class SessionMeter {
 public:
  virtual ~SessionMeter() = default;
  virtual void Connected(bool) {}
  // From the offer's arrival to the engine's execve.
  virtual void EngineStarted(supervision::Duration /*offer_to_start*/) {}
  // "succeeded", "partial", "failed", "preempted", "crashed"
  virtual void EngineEnded(const std::string& /*outcome*/, std::uint64_t /*peak_memory_bytes*/) {}
  virtual void ResultAcknowledged(const std::string& /*disposition*/) {}
  virtual void OfferRejected() {}
  // Attempts with an engine, and attempts whose results wait for the server.
  virtual void Attempts(std::size_t /*running*/, std::size_t /*unacknowledged*/) {}
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_SESSION_METER_H_
