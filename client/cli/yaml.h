// JSON values as YAML.
#ifndef INTERNEG_CLIENT_CLI_YAML_H_
#define INTERNEG_CLIENT_CLI_YAML_H_

#include <string>

#include "client/cli/message_json.h"

namespace interneg::cli {

// Block style, two spaces a level, ending in a line feed. Strings that YAML could take for something else are quoted as
// JSON writes them, which is YAML too.
std::string ToYaml(const Json& value);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_YAML_H_
