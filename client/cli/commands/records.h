// The contract's messages as listings, one function a kind.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_RECORDS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_RECORDS_H_

#include <vector>

#include "client/cli/commands/context.h"
#include "client/cli/listing.h"

namespace interneg::commands {

cli::Listing ListProjects(const Context& context, const std::vector<v1::Project>& projects);
cli::Listing ListMedia(const Context& context, const std::vector<v1::Media>& media);
cli::Listing ListDatasets(const Context& context, const std::vector<v1::DatasetVersion>& versions);
cli::Listing ListJobs(const Context& context, const std::vector<v1::Job>& jobs);
cli::Listing ListTasks(const Context& context, const std::vector<v1::Task>& tasks);
cli::Listing ListFrames(const Context& context, const std::vector<v1::RenderedFrame>& frames);
cli::Listing ListMeasures(const Context& context, const std::vector<v1::Measure>& measures);
cli::Listing ListWorkers(const Context& context, const std::vector<v1::Worker>& workers);
cli::Listing ListTokens(const Context& context, const std::vector<v1::Token>& tokens);
// `best_checkpoint_sha256`: Job.best_checkpoint_sha256 of the job that made them; empty: it has none. A checkpoint's
// document gets the field `best`.
cli::Listing ListArtifacts(const Context& context, const std::vector<v1::Artifact>& artifacts,
                           const std::string& best_checkpoint_sha256);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_RECORDS_H_
