// Messages as the JSON that scripts read.
#ifndef INTERNEG_CLIENT_CLI_MESSAGE_JSON_H_
#define INTERNEG_CLIENT_CLI_MESSAGE_JSON_H_

#include <google/protobuf/message.h>
#include <nlohmann/json.hpp>

namespace interneg::cli {

using Json = nlohmann::ordered_json;

enum class Defaults { kShown, kLeftOut };

// The proto3 JSON form (lowerCamelCase, 64-bit numbers as strings); kShown also prints fields at their default.
// A field `spec` that holds a document's text becomes that document.
Json ToJson(const google::protobuf::Message& message, Defaults defaults = Defaults::kShown);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_MESSAGE_JSON_H_
