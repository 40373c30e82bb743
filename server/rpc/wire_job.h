// Jobs, tasks and what happened to them, as the wire has them.
#ifndef INTERNEG_SERVER_RPC_WIRE_JOB_H_
#define INTERNEG_SERVER_RPC_WIRE_JOB_H_

#include <optional>

#include "interneg/v1/job.pb.h"
#include "server/scheduling/event_feed.h"
#include "server/scheduling/job.h"

namespace interneg::rpc {

v1::Job ToWire(const scheduling::Job& job);
v1::Task ToWire(const scheduling::Task& task);
v1::AttemptEvent ToWire(const scheduling::AttemptView& attempt);
v1::TaskKind ToWire(scheduling::TaskKind kind);

// All but changes of the job's own state, which carry the job as it is now.
v1::WatchJobsResponse ToWire(const scheduling::FeedEvent& event);

// Nothing for the unspecified or an unknown value.
std::optional<scheduling::JobState> Read(v1::JobState state);
std::optional<scheduling::JobKind> Read(v1::JobKind kind);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WIRE_JOB_H_
