// Which version of the job schema a document needs. Contract changes are additive, so an engine that knows a version
// knows every earlier one, and refuses fields that came later: a job must not be offered to it.
#ifndef INTERNEG_SERVER_RPC_JOB_SCHEMA_H_
#define INTERNEG_SERVER_RPC_JOB_SCHEMA_H_

#include <string>
#include <vector>

namespace interneg::v1 {
class JobSpec;
}

namespace interneg::rpc {

// The newest version of job_spec.proto that this server knows.
inline constexpr unsigned kJobSchema = 7;

// The least version that has every field which the document uses: 1…kJobSchema.
unsigned LeastSchema(const v1::JobSpec& spec);

// "TrainJob.partners": fields that a later version than 1 brought, with it.
struct DatedField {
  const char* name;
  unsigned schema;
};
const std::vector<DatedField>& DatedFields();
// The same of values of enumerations: "NETWORK_KIND_LUT".
const std::vector<DatedField>& DatedValues();

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_JOB_SCHEMA_H_
