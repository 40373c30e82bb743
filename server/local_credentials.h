// The tokens with which the local stack begins: an admin's and a worker's, each in a file of mode 0600.
#ifndef INTERNEG_SERVER_LOCAL_CREDENTIALS_H_
#define INTERNEG_SERVER_LOCAL_CREDENTIALS_H_

#include <string>

#include "absl/status/status.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/token_book.h"

namespace interneg::server {

// Makes `admin.token` and `worker.token` in the folder (mode 0700) where they are missing, and sees to it that the
// database knows what is in them, for a year from now. Errors: FAILED_PRECONDITION (a file that others may read, or
// whose token was revoked: remove it to get a new one), UNAVAILABLE.
absl::Status EnsureLocalCredentials(const std::string& folder, scheduling::TokenBook& tokens,
                                    const scheduling::Clock& clock, scheduling::Entropy& entropy);

}  // namespace interneg::server

#endif  // INTERNEG_SERVER_LOCAL_CREDENTIALS_H_
