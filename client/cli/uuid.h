// Request ids: with the same id a request may be sent again without doing its work twice.
#ifndef INTERNEG_CLIENT_CLI_UUID_H_
#define INTERNEG_CLIENT_CLI_UUID_H_

#include <string>
#include <string_view>

namespace interneg::cli {

// A random one (RFC 9562, version 4) from the system's generator.
std::string RandomUuid();

// The same one for the same id and part (version 8, from their SHA-256), so that one --request-id covers every request
// that a command makes.
std::string DerivedUuid(std::string_view request_id, std::string_view part);

// Whether the text is a UUID in its usual form, 8-4-4-4-12 hex digits.
bool IsUuid(std::string_view text);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_UUID_H_
