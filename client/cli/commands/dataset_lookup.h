// Dataset versions and drafts as people name them.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_DATASET_LOOKUP_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_DATASET_LOOKUP_H_

#include <string>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "interneg/v1/dataset.pb.h"

namespace interneg::commands {

// Which one a name without a version stands for.
enum class DatasetWanted {
  kAny,     // the draft, else the newest version
  kDraft,   // the draft
  kLocked,  // the newest version
};

// `text` is NAME, NAME@VERSION, NAME@draft or an id; `option` names it in errors, `project` is the option of that name.
// NOT_FOUND lists what there is; FAILED_PRECONDITION: a draft where a locked version is needed, or the other way round,
// with the remedy; besides, as Context::ProjectId and the service's.
absl::StatusOr<v1::DatasetVersion> FindDataset(Context& context, const std::string& option, const std::string& text,
                                               const std::string& project, DatasetWanted wanted);

// `sh010@3` or `sh010@draft`.
std::string NameOf(const v1::DatasetVersion& dataset);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_DATASET_LOOKUP_H_
