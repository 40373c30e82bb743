// Refuses what this build of the contract does not know. An unknown field would be dropped silently by the JSON form,
// and a job would then do something other than what its author asked for.
#ifndef INTERNEG_SERVER_RPC_KNOWN_FIELDS_H_
#define INTERNEG_SERVER_RPC_KNOWN_FIELDS_H_

#include <string_view>

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

namespace interneg::rpc {

// Errors: INVALID_ARGUMENT naming the path (lowerCamelCase, below `path`): an unknown field or enum value, or a number
// that is NaN or infinite.
absl::Status RequireKnown(const google::protobuf::Message& message, std::string_view path);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_KNOWN_FIELDS_H_
