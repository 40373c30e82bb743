// Workers, what they say when they attach and what they are offered.
#ifndef INTERNEG_SERVER_RPC_WIRE_WORKER_H_
#define INTERNEG_SERVER_RPC_WIRE_WORKER_H_

#include "absl/status/statusor.h"
#include "interneg/v1/worker.pb.h"
#include "interneg/v1/worker_session.pb.h"
#include "server/scheduling/worker.h"

namespace interneg::rpc {

v1::Worker ToWire(const scheduling::Worker& worker);
v1::Offer ToWire(const scheduling::Offer& offer);
v1::StopReason ToWire(scheduling::StopReason reason);

// Errors: INVALID_ARGUMENT naming the field.
absl::StatusOr<scheduling::WorkerHello> ReadHello(const v1::Hello& wire);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WIRE_WORKER_H_
