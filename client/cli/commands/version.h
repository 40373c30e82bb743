// Which program this is and which job documents it writes.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_VERSION_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_VERSION_H_

#include <cstdint>
#include <string>

namespace interneg::commands {

// The newest version of the job schema whose fields the client knows.
inline constexpr std::uint32_t kJobSchema = 7;
// What it writes into a document (JobSpec.schema): the server raises it to what the fields need.
inline constexpr std::uint32_t kWrittenSchema = 1;

std::string ClientVersion();

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_VERSION_H_
