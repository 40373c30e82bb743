// Where a draft's content comes from.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_DATASET_DRAFT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_DATASET_DRAFT_H_

#include <string>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "client/cli/commands/found_alignment.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/pair_options.h"
#include "client/cli/commands/preparation_options.h"
#include "interneg/v1/dataset.pb.h"

namespace interneg::commands {

// One of from_suggestion, from_align, from_version, or media and pairs.
struct DraftOptions {
  std::string project;
  std::string shot;
  std::string recovery;
  std::string from_suggestion;
  std::string from_align;
  std::string from_version;
  std::string source;
  std::string reference;
  PairOptions pairs;
  std::string crop;
  ColorOptions color;
  PreparationOptions preparation;
};

// Project, shot and content of the request, whose id is set. In a dry run media that are not registered yet stay
// unnamed. INVALID_ARGUMENT names the option; besides, as the services'.
absl::Status FillDraft(Context& context, const DraftOptions& options, v1::CreateDatasetVersionRequest& request);

// Makes the version, or finds it where the dataset's newest has this content, and says what is in it. Errors: as
// DatasetService::CreateDatasetVersion.
absl::StatusOr<v1::DatasetVersion> RecordVersion(Context& context, cli::Connection& connection,
                                                 const v1::CreateDatasetVersionRequest& request);

// The alignment and its pairs, without those that cannot be used, which notes name; nothing else. Errors: as the
// services'.
absl::Status FillAlignedPairs(Context& context, cli::Connection& connection, const FoundAlignment& found,
                              v1::DatasetContent& content);

// The same, with the align job's project and colour settings, and its shot where the request has none. No media.
absl::Status FillFromAlignment(Context& context, cli::Connection& connection, const FoundAlignment& found,
                               v1::CreateDatasetVersionRequest& request);

// A model is chosen by frames that it has not seen: where no pair is held out, the middle one is, with a note.
// FAILED_PRECONDITION when fewer than two were left to train on; `for_more` says how there would be more ("ask for more
// with --pair-count").
absl::Status HoldOneOut(Context& context, const std::string& for_more, v1::DatasetContent& content);

// The media of the elements in the request's content, made where there are none; the request's id, project and shot are
// set. Nothing in a dry run. Errors: as MediumOf.
absl::Status NameMedia(Context& context, cli::Connection& connection, const v1::FrameSource& source,
                       const v1::FrameSource& reference, v1::CreateDatasetVersionRequest& request);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_DATASET_DRAFT_H_
