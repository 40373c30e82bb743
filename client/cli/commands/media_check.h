// `media check`, `media measure`, `media report` and `media map`: what a worker finds out about media.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_CHECK_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_CHECK_H_

#include <string>

#include <absl/status/statusor.h>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/context.h"
#include "client/cli/commands/stage_job.h"
#include "interneg/v1/media.pb.h"

namespace interneg::commands {

// The recorded medium. Errors: as MediaService.GetMedia.
absl::StatusOr<v1::Media> FetchMedia(cli::Connection& connection, const std::string& id);

// Submits a probe job and, with --wait, prints the document of `kind` that it made, also when it found that the media
// cannot be used; the exit code is the job's. `show` prints the document.
absl::StatusOr<ExitCode> SubmitAndShowDocument(Context& context, const v1::SubmitJobRequest& request,
                                               const std::string& kind,
                                               absl::Status (*show)(Context&, const StageDocument&,
                                                                    const std::string& name));

void AddMediaCheckCommands(CommandTable& table, CLI::App& noun);
void AddMediaMapCommand(CommandTable& table, CLI::App& noun);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_CHECK_H_
