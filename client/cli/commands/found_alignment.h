// What align jobs found, read from the server.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_FOUND_ALIGNMENT_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_FOUND_ALIGNMENT_H_

#include <string>

#include <absl/status/statusor.h>

#include "client/cli/commands/stage_job.h"
#include "interneg/v1/stage_result.pb.h"

namespace interneg::commands {

struct FoundAlignment {
  StageJob stage;  // that found it
  std::string sha256;
  v1::Alignment alignment;
};

// The newest alignment of the align job of that id. Errors: as FetchStage, FetchDocument and ReadDocument.
absl::StatusOr<FoundAlignment> FindAlignment(cli::Connection& connection, const std::string& option,
                                             const std::string& job_id);

// The same of an align job that is at hand. Errors: as FetchDocument and ReadDocument.
absl::StatusOr<v1::Alignment> FetchAlignment(cli::Connection& connection, const v1::Job& align);

// The alignment of that hash. Errors: as ReadArtifact and ReadDocument.
absl::StatusOr<v1::Alignment> ReadAlignment(cli::Connection& connection, const std::string& sha256);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_FOUND_ALIGNMENT_H_
