// Where a draft's content comes from.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_DATASET_DRAFT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_DATASET_DRAFT_H_

#include <string>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/pair_options.h"
#include "client/cli/commands/preparation_options.h"
#include "interneg/v1/dataset.pb.h"
#include "interneg/v1/stage_result.pb.h"

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

// The alignment of that align job and its pairs, without those that cannot be used, which notes name; nothing else.
// Errors: as the services'.
absl::Status FillAlignedPairs(Context& context, cli::Connection& connection, const std::string& align_job,
                              v1::DatasetContent& content);

// The alignment of that hash, or the newest of that align job's.
absl::StatusOr<v1::Alignment> FetchAlignment(cli::Connection& connection, const std::string& sha256);
struct NamedAlignment {
  std::string sha256;
  v1::Alignment alignment;
};
absl::StatusOr<NamedAlignment> FetchAlignmentOf(cli::Connection& connection, const std::string& option,
                                                const std::string& job_id);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_DATASET_DRAFT_H_
