// JobService but for its streams (job_watch.h, log_reader.h).
#ifndef INTERNEG_SERVER_RPC_JOB_HANDLERS_H_
#define INTERNEG_SERVER_RPC_JOB_HANDLERS_H_

#include "server/artifacts/catalog.h"
#include "server/rpc/gate.h"
#include "server/rpc/method_table.h"
#include "server/scheduling/job_book.h"

namespace interneg::rpc {

// All outlive the table.
void AddJobMethods(scheduling::JobBook& jobs, artifacts::Catalog& artifacts, Gate& gate, MethodTable& table);

// The job when the caller may see it. Errors: NOT_FOUND.
absl::StatusOr<scheduling::Job> FindJob(scheduling::JobBook& jobs, Gate& gate, const Principal& principal,
                                        const std::string& job_id);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_JOB_HANDLERS_H_
