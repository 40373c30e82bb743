// The model that a job begins with: a checkpoint by its hash, or the best one of a training job.
#ifndef INTERNEG_SERVER_RPC_JOB_MODEL_H_
#define INTERNEG_SERVER_RPC_JOB_MODEL_H_

#include <string_view>

#include "absl/status/status.h"
#include "server/scheduling/job.h"

namespace interneg::rpc {

// Each sets its fact. Errors: INVALID_ARGUMENT begins with the field.
absl::Status ReadCheckpoint(std::string_view field, const std::string& sha256, scheduling::JobFacts& facts);
absl::Status ReadTrainJob(std::string_view field, const std::string& job_id, scheduling::JobFacts& facts);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_JOB_MODEL_H_
