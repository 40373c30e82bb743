// Pairs that `interneg recover` is given by name.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_PAIRS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_PAIRS_H_

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "client/cli/commands/recovery_plan.h"

namespace interneg::commands {

// Ascending.
struct Split {
  std::vector<int> pairs;
  std::vector<int> held_out;
};

// INVALID_ARGUMENT names the option: fewer than two pairs, a frame outside either range, a frame that is both trained
// on and held out, no frame left to choose the model by.
absl::StatusOr<Split> ParseSplit(const RecoverOptions& options, const Sequence& source, const Sequence& reference);

// INVALID_ARGUMENT when a frame is none of the sequence's; `range_option` and `range` say which those are.
absl::Status CheckWithin(const char* option, const std::vector<int>& frames, const Sequence& sequence,
                         const char* range_option, const std::string& range);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RECOVERY_PAIRS_H_
