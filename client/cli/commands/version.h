// Which program this is and which job documents it writes.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_VERSION_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_VERSION_H_

#include <cstdint>
#include <string>

namespace interneg::commands {

// The version of the job schema (JobSpec.schema) that the client fills in.
inline constexpr std::uint32_t kJobSchema = 2;

std::string ClientVersion();

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_VERSION_H_
