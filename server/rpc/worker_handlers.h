// WorkerService.
#ifndef INTERNEG_SERVER_RPC_WORKER_HANDLERS_H_
#define INTERNEG_SERVER_RPC_WORKER_HANDLERS_H_

#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/scheduling/job_book.h"
#include "server/scheduling/session_desk.h"

namespace interneg::rpc {

// Both outlive the table.
void AddWorkerMethods(scheduling::SessionDesk& desk, scheduling::JobBook& jobs, MethodTable& table);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WORKER_HANDLERS_H_
