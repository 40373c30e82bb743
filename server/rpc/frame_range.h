// Frame ranges in fileseq syntax, as far as requests must be checked before a job is stored.
#ifndef INTERNEG_SERVER_RPC_FRAME_RANGE_H_
#define INTERNEG_SERVER_RPC_FRAME_RANGE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace interneg::rpc {

// Distinct frames, ascending, of comma-separated parts: `5`, `-3`, `1-10` (or `10-1`), `1-100x5` (every fifth),
// `1-100y5` (what x5 leaves out), `1-100:3` (every frame, in an order that does not matter here).
// Errors: INVALID_ARGUMENT that begins with `field` and names the part; more than 2,000,000 frames, or a number
// beyond ±99,999,999.
absl::StatusOr<std::vector<int>> ParseFrameRange(std::string_view field, std::string_view text);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_FRAME_RANGE_H_
