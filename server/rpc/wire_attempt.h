// Attempts, their results and what engines report, between the wire and the scheduler's own types.
#ifndef INTERNEG_SERVER_RPC_WIRE_ATTEMPT_H_
#define INTERNEG_SERVER_RPC_WIRE_ATTEMPT_H_

#include "absl/status/statusor.h"
#include "interneg/v1/engine.pb.h"
#include "interneg/v1/worker_session.pb.h"
#include "server/scheduling/attempt.h"
#include "server/scheduling/worker.h"

namespace interneg::rpc {

// Errors: INVALID_ARGUMENT (ids or token not in their form).
absl::StatusOr<scheduling::AttemptRef> ReadAttemptRef(const v1::AttemptRef& wire);
v1::AttemptRef ToWire(const scheduling::AttemptRef& attempt);

v1::EngineFailure ToWire(const scheduling::Failure& failure);
v1::EngineProgress ToWire(const scheduling::Progress& progress);
v1::LossPoint ToWire(const scheduling::LossPoint& point);
v1::Measure ToWire(const scheduling::Measure& measure);
v1::RenderedFrame ToWire(const scheduling::FrameReport& frame);
v1::Notice ToWire(const scheduling::Notice& notice);
v1::Adjusted ToWire(const scheduling::AdjustedReport& adjusted);
v1::OutputFile ToWire(const scheduling::OutputFile& file);
v1::AdjustTraining ToWire(const scheduling::Adjustment& adjustment);

scheduling::Progress Read(const v1::EngineProgress& wire);
scheduling::Adjustment Read(const v1::AdjustTraining& wire);
// An end without the engine's own word becomes a crash with `process_end` as its message.
scheduling::AttemptResult Read(const v1::Result& wire);

// Errors: INVALID_ARGUMENT (an event without a body; the end of an attempt, which goes through Attach).
absl::StatusOr<scheduling::AttemptEvent> ReadEvent(const v1::EngineEvent& wire);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WIRE_ATTEMPT_H_
