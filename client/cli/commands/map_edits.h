// Corrections of a frame map, as typed.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_MAP_EDITS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_MAP_EDITS_H_

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "interneg/v1/job_spec.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// One option of `match edit` in the order of the command line: "--set" with "1012=988", "--unset" with "1001-1004",
// "--shift" with "1020-1050:+1".
struct TypedEdit {
  std::string option;
  std::string text;
};

// "--set 1012=988,1013=989" makes two edits; the others one each. `source` and `reference` are the elements that the
// frames must belong to. INVALID_ARGUMENT names the option, what is wrong with its text, and how to write it; a frame
// outside its element.
absl::StatusOr<std::vector<v1::MapEdit>> ParseMapEdits(const std::vector<TypedEdit>& typed,
                                                       const v1::FrameSource& source, const v1::FrameSource& reference);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_MAP_EDITS_H_
