// Small files of the server's own: credentials, ports, certificates.
#ifndef INTERNEG_SERVER_SMALL_FILE_H_
#define INTERNEG_SERVER_SMALL_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace interneg::server {

// At most 1 MiB. Errors: NOT_FOUND, FAILED_PRECONDITION (unreadable, or too long); the path is named.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

// As ReadSmallFile, for a secret. Errors: besides, FAILED_PRECONDITION when others than the owner may read it.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// Whole or not at all, mode 0600. Errors: FAILED_PRECONDITION naming path and cause.
absl::Status WriteSmallFile(const std::string& path, const std::string& text);

}  // namespace interneg::server

#endif  // INTERNEG_SERVER_SMALL_FILE_H_
