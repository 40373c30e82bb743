// Jobs of the stages before training: what an earlier one was asked, what it found, and a request for the next.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_STAGE_JOB_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_STAGE_JOB_H_

#include <functional>
#include <optional>
#include <string>

#include <absl/status/statusor.h>

#include "client/cli/commands/context.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/message_json.h"
#include "interneg/v1/job.pb.h"

namespace interneg::commands {

// Errors: as JobService.GetJob.
absl::StatusOr<v1::Job> FetchJob(cli::Connection& connection, const std::string& id);

// The job's document; empty when it cannot be read: it may be of a newer server.
v1::JobSpec SpecOf(const v1::Job& job);

struct StageJob {
  v1::Job job;
  v1::JobSpec spec;
};

// The job of that id and kind ("match"). INVALID_ARGUMENT names `option` when it is of another; besides, as FetchJob.
absl::StatusOr<StageJob> FetchStage(cli::Connection& connection, const std::string& option, const std::string& id,
                                    v1::JobKind kind);

// A document that a stage made, as it is and as JSON.
struct StageDocument {
  std::string text;
  cli::Json json;
};

// The job's newest artifact of the kind ("frame_map"). NOT_FOUND when it has made none, with the job's state; besides,
// as the services'.
absl::StatusOr<StageDocument> FetchDocument(cli::Connection& connection, const v1::Job& job, const std::string& kind);

// The document as its message. INTERNAL when it is none.
absl::Status ReadDocument(const StageDocument& document, const std::string& kind, google::protobuf::Message& message);

// A request with what the options say and the schema set. Errors: INVALID_ARGUMENT (request id).
absl::StatusOr<v1::SubmitJobRequest> NewRequest(const Context& context, const SubmitOptions& options);

// Project and shot as typed.
struct PlaceOptions {
  std::string project;
  std::string shot;
};

// Adds --project and --shot. `fallback` says what holds without them (" [INTERNEG_PROJECT]", "the match's").
void AddPlaceOptions(CLI::App& command, PlaceOptions& options, const std::string& fallback);

// Project and shot of the options, else of `earlier` where it is given. Errors: as Context::ProjectId.
absl::Status FillPlace(Context& context, const PlaceOptions& options, const v1::Job* earlier,
                       v1::SubmitJobRequest& request);

// Prints what an ended job found.
using ShowResult = std::function<absl::Status(Context&, cli::Connection&, const v1::Job&)>;

// Submits and, with --wait, follows the job to its end. None after a dry run, or where nothing is waited for: the job
// is printed then, with how to look later (`later` is a command that takes the job's id: "interneg match get").
absl::StatusOr<std::optional<v1::Job>> SubmitAndWaitIfAsked(Context& context, const v1::SubmitJobRequest& request,
                                                            const std::string& later);

// As SubmitAndMaybeWait; with --wait a job that has succeeded ends with `show` instead of its record. Without, a note
// says how to look later: `later` is a command that takes the job's id ("interneg match get").
absl::StatusOr<ExitCode> SubmitAndMaybeShow(Context& context, const v1::SubmitJobRequest& request,
                                            const std::string& later, const ShowResult& show);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_STAGE_JOB_H_
