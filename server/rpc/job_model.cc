#include "server/rpc/job_model.h"

#include <string>

#include <fmt/format.h>

#include "server/artifacts/digest.h"
#include "server/rpc/job_fields.h"
#include "server/scheduling/clock.h"

namespace interneg::rpc {

absl::Status ReadCheckpoint(std::string_view field, const std::string& sha256, scheduling::JobFacts& facts) {
  if (!artifacts::IsSha256Hex(sha256)) return Wrong(field, "must be 64 lower-case hexadecimal digits");
  facts.checkpoint_sha256 = sha256;
  return absl::OkStatus();
}

absl::Status ReadTrainJob(std::string_view field, const std::string& job_id, scheduling::JobFacts& facts) {
  if (!scheduling::IsUuid(job_id)) return Wrong(field, fmt::format("\"{}\" is no job's id", job_id));
  facts.train_job_id = job_id;
  return absl::OkStatus();
}

}  // namespace interneg::rpc
