// Moments on the wire.
#ifndef INTERNEG_SERVER_RPC_WIRE_TIME_H_
#define INTERNEG_SERVER_RPC_WIRE_TIME_H_

#include <optional>

#include <google/protobuf/timestamp.pb.h>

#include "server/scheduling/clock.h"

namespace interneg::rpc {

inline void Put(scheduling::Instant at, google::protobuf::Timestamp* out) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  out->set_seconds(seconds.time_since_epoch().count());
  out->set_nanos(static_cast<int>(std::chrono::nanoseconds(at - seconds).count()));
}

inline scheduling::Instant ToInstant(const google::protobuf::Timestamp& time) {
  return scheduling::Instant(std::chrono::seconds(time.seconds()) + std::chrono::microseconds(time.nanos() / 1000));
}

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WIRE_TIME_H_
