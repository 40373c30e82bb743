// The jobs before training: match, curate, align, baseline.
#ifndef INTERNEG_SERVER_RPC_JOB_STAGES_H_
#define INTERNEG_SERVER_RPC_JOB_STAGES_H_

#include "absl/status/status.h"
#include "interneg/v1/job_spec.pb.h"
#include "server/rpc/job_document.h"

namespace interneg::rpc {

// Each sets the facts of its kind. Errors: INVALID_ARGUMENT begins with the field's path.
absl::Status ReadMatch(const v1::MatchJob& match, scheduling::JobFacts& facts);
absl::Status ReadCurate(const v1::CurateJob& curate, scheduling::JobFacts& facts);
absl::Status ReadAlign(const v1::AlignJob& align, scheduling::JobFacts& facts);
absl::Status ReadBaseline(const v1::BaselineJob& baseline, scheduling::JobFacts& facts);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_JOB_STAGES_H_
