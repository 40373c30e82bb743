// Checks that many requests share; each error begins with the field's name.
#ifndef INTERNEG_SERVER_RPC_REQUEST_CHECK_H_
#define INTERNEG_SERVER_RPC_REQUEST_CHECK_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/scheduling/page.h"

namespace interneg::rpc {

// Errors: INVALID_ARGUMENT unless `request_id` is a UUID (its canonical form, in either case, is returned).
absl::StatusOr<std::string> ReadRequestId(const std::string& request_id);

// Page tokens name the list they belong to, so that one of another list, or a made-up one, is refused. `list` is the
// method's name. Errors: INVALID_ARGUMENT (a size below 0 or above 1,000; a token that is not this list's).
absl::StatusOr<scheduling::Page> ReadPage(std::string_view list, int page_size, const std::string& page_token);
// The token of the page that begins after `next`; empty on the last page.
std::string PageToken(std::string_view list, const std::string& next);

// Errors: INVALID_ARGUMENT (more than `most` bytes, or a control character).
absl::Status CheckText(std::string_view field, std::string_view text, std::size_t most);

// 1–63 of a–z, 0–9, '-', '_', starting with a letter. Errors: INVALID_ARGUMENT.
absl::Status CheckName(std::string_view field, std::string_view name);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_REQUEST_CHECK_H_
