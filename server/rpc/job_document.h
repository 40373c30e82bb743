// The job document at the edge: refused with the field's path when it cannot work, else turned into the canonical
// bytes that are stored, hashed and sent to workers, and into the few facts that the scheduler's rules need.
#ifndef INTERNEG_SERVER_RPC_JOB_DOCUMENT_H_
#define INTERNEG_SERVER_RPC_JOB_DOCUMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/scheduling/job.h"

namespace google::protobuf {
class Message;
}
namespace interneg::v1 {
class JobSpec;
}

namespace interneg::rpc {

struct JobDocument {
  // proto3 JSON: lowerCamelCase, no whitespace, defaults left out, map keys in order.
  std::string json;
  // Lower-case hex.
  std::string sha256;
  scheduling::JobFacts facts;
};

// A document that states a lower schema than its fields need gets the least that they do. Errors: INVALID_ARGUMENT; the
// message begins with the field's path in the document ("train.pairs[2]") and says what would be right.
absl::StatusOr<JobDocument> ReadJobDocument(const v1::JobSpec& spec);

// The canonical JSON of any message of the contract. Errors: INVALID_ARGUMENT (text that is no UTF-8).
absl::StatusOr<std::string> CanonicalJson(const google::protobuf::Message& message);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_JOB_DOCUMENT_H_
