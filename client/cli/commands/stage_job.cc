#include "client/cli/commands/stage_job.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/artifact_download.h"
#include "client/cli/commands/calls.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/records.h"
#include "client/cli/commands/version.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

bool Newer(const v1::Artifact& a, const v1::Artifact& b) {
  const auto key = [](const v1::Artifact& artifact) {
    return std::pair(artifact.create_time().seconds(), artifact.create_time().nanos());
  };
  return key(a) > key(b);
}

absl::Status NoDocument(const v1::Job& job, const std::string& kind) {
  const std::string remedy = !cli::HasEnded(job.state()) ? fmt::format("wait with `interneg job wait {}`", job.job_id())
                                                         : fmt::format("see `interneg job logs {}`", job.job_id());
  return absl::NotFoundError(
      fmt::format("job: {} is {} and has made no {}; {}", job.job_id(), cli::Word(job.state()), kind, remedy));
}

}  // namespace

absl::StatusOr<v1::Job> FetchJob(cli::Connection& connection, const std::string& id) {
  v1::GetJobRequest request;
  request.set_job_id(id);
  auto found = connection.Call(&v1::JobService::Stub::GetJob, request);
  if (!found.ok()) return found.status();
  return std::move(*found->mutable_job());
}

v1::JobSpec SpecOf(const v1::Job& job) {
  v1::JobSpec spec;
  google::protobuf::util::JsonParseOptions lenient;
  lenient.ignore_unknown_fields = true;
  if (!google::protobuf::util::JsonStringToMessage(job.spec(), &spec, lenient).ok()) spec.Clear();
  return spec;
}

absl::StatusOr<StageJob> FetchStage(cli::Connection& connection, const std::string& option, const std::string& id,
                                    v1::JobKind kind) {
  auto job = FetchJob(connection, id);
  if (!job.ok()) return job.status();
  if (job->kind() != kind) {
    return absl::InvalidArgumentError(fmt::format(
        "{0}: {1} is no {2} job; give one that `interneg job list --kind {2}` lists", option, id, cli::Word(kind)));
  }
  StageJob stage;
  stage.spec = SpecOf(*job);
  if (stage.spec.kind_case() == v1::JobSpec::KIND_NOT_SET) {
    return absl::InternalError(
        fmt::format("{}: the document of job {} cannot be read; use a client of the server's version", option, id));
  }
  stage.job = std::move(*job);
  return stage;
}

absl::StatusOr<StageDocument> FetchDocument(cli::Connection& connection, const v1::Job& job, const std::string& kind) {
  v1::ListArtifactsRequest request;
  request.set_job_id(job.job_id());
  request.set_kind(kind);
  const auto artifacts = ListAll(connection, &v1::ArtifactService::Stub::ListArtifacts, request,
                                 &v1::ListArtifactsResponse::mutable_artifacts);
  if (!artifacts.ok()) return artifacts.status();
  const auto newest = std::min_element(artifacts->begin(), artifacts->end(), Newer);
  if (newest == artifacts->end()) return NoDocument(job, kind);
  auto text = ReadArtifact(connection, newest->sha256());
  if (!text.ok()) return text.status();
  StageDocument document{std::move(*text), {}};
  document.json = cli::Json::parse(document.text, nullptr, false);
  return document;
}

absl::Status ReadDocument(const StageDocument& document, const std::string& kind, google::protobuf::Message& message) {
  google::protobuf::util::JsonParseOptions lenient;
  lenient.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(document.text, &message, lenient);
  if (parsed.ok()) return absl::OkStatus();
  return absl::InternalError(
      fmt::format("the {} cannot be read ({}); `-o json` prints it as it is", kind, std::string(parsed.message())));
}

absl::StatusOr<v1::SubmitJobRequest> NewRequest(const Context& context, const SubmitOptions& options) {
  const auto request_id = RequestId(context, options.request_id);
  if (!request_id.ok()) return request_id.status();
  v1::SubmitJobRequest request;
  request.set_request_id(*request_id);
  request.set_priority(options.priority);
  request.set_pool(options.pool);
  request.mutable_spec()->set_schema(kWrittenSchema);
  return request;
}

void AddPlaceOptions(CLI::App& command, PlaceOptions& options, const std::string& fallback) {
  command.add_option("--project", options.project, "Project " + fallback)->type_name("NAME");
  command.add_option("--shot", options.shot, "Shot")->type_name("NAME");
}

absl::Status FillPlace(Context& context, const PlaceOptions& options, const v1::Job* earlier,
                       v1::SubmitJobRequest& request) {
  if (earlier != nullptr) {
    request.set_project_id(earlier->project_id());
    request.set_shot(earlier->shot());
  }
  if (!options.shot.empty()) request.set_shot(options.shot);
  if (earlier != nullptr && options.project.empty()) return absl::OkStatus();
  const auto project = context.ProjectId(options.project);
  if (!project.ok()) return project.status();
  request.set_project_id(*project);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::Job>> SubmitAndWaitIfAsked(Context& context, const v1::SubmitJobRequest& request,
                                                            const std::string& later) {
  if (context.options().dry_run) {
    context.ShowRequest(request);
    return std::nullopt;
  }
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto submitted = SubmitJob(**connection, request);
  if (!submitted.ok()) return submitted.status();
  const std::string& id = submitted->job_id();
  if (!context.options().wait) {
    cli::PrintRecord(ListJobs(context, {*submitted}), context.style(), context.out());
    context.Note(fmt::format("Once it has ended, `{} {}` prints what it found.", later, id));
    return std::nullopt;
  }
  const auto ended = Follow(context, **connection, {{id, ""}}, std::nullopt);
  if (!ended.ok()) return ended.status();
  return ended->at(id);
}

absl::StatusOr<ExitCode> SubmitAndMaybeShow(Context& context, const v1::SubmitJobRequest& request,
                                            const std::string& later, const ShowResult& show) {
  const auto job = SubmitAndWaitIfAsked(context, request, later);
  if (!job.ok()) return job.status();
  if (!*job) return ExitCode::kOk;
  const std::string& id = (*job)->job_id();
  const ExitCode code = cli::OutcomeOf({{id, **job}});
  if (code == ExitCode::kJobFailed) {
    cli::PrintRecord(ListJobs(context, {**job}), context.style(), context.out());
    return code;
  }
  context.Note(fmt::format("Job {}.", id));
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  if (const absl::Status shown = show(context, **connection, **job); !shown.ok()) return shown;
  return code;
}

}  // namespace interneg::commands
