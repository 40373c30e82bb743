// JobService's streams: what happens to jobs, and what their engines log.
#ifndef INTERNEG_SERVER_RPC_JOB_WATCH_H_
#define INTERNEG_SERVER_RPC_JOB_WATCH_H_

#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/event_feed.h"
#include "server/scheduling/job_book.h"

namespace interneg::rpc {

// All outlive the table and its streams.
void AddWatchMethods(scheduling::JobBook& jobs, scheduling::EventFeed& feed, const scheduling::Clock& clock, Gate& gate,
                     MethodTable& table);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_JOB_WATCH_H_
