// A render's document at the edge.
#ifndef INTERNEG_SERVER_RPC_RENDER_DOCUMENT_H_
#define INTERNEG_SERVER_RPC_RENDER_DOCUMENT_H_

#include "absl/status/status.h"
#include "interneg/v1/job_spec.pb.h"
#include "server/scheduling/job.h"

namespace interneg::rpc {

// Sets the facts. Errors: INVALID_ARGUMENT begins with the field's path.
absl::Status ReadRender(const v1::RenderJob& render, scheduling::JobFacts& facts);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_RENDER_DOCUMENT_H_
