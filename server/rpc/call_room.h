// What every transport needs to answer calls.
#ifndef INTERNEG_SERVER_RPC_CALL_ROOM_H_
#define INTERNEG_SERVER_RPC_CALL_ROOM_H_

#include "server/metrics/metrics.h"
#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/rpc/waker.h"
#include "server/rpc/work_pool.h"

namespace interneg::rpc {

// References; all outlive the transports.
struct CallRoom {
  const MethodTable& table;
  Gate& gate;
  metrics::Metrics& metrics;
  WorkPool& pool;
  Waker& waker;
};

// What a caller is told to wait, in seconds, when it was refused for lack of room.
inline constexpr char kRetryAfterSeconds[] = "1";

// "NOT_FOUND": the code's name as gRPC and the metrics write it.
const char* CodeName(absl::StatusCode code);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_CALL_ROOM_H_
