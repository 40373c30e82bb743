#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/records.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct CreateOptions {
  std::string project;
  std::string name;
  std::string shot;
  std::string recovery = "chroma";
  std::string source;
  std::string reference;
  std::string pairs;
  std::string held_out;
  std::string note;
  std::string request_id;
};

absl::StatusOr<v1::CreateDatasetVersionRequest> ToRequest(Context& context, const CreateOptions& options) {
  v1::CreateDatasetVersionRequest request;
  const auto request_id = RequestId(context, options.request_id);
  if (!request_id.ok()) return request_id.status();
  const auto recovery = cli::ParseWord<v1::Recovery>("--recovery", options.recovery);
  if (!recovery.ok()) return recovery.status();
  const auto pairs = cli::ParseFrameRange("--pairs", options.pairs);
  if (!pairs.ok()) return pairs.status();
  if (pairs->size() < 2) return absl::InvalidArgumentError("--pairs: training needs two or more frames, better four");
  if (!options.held_out.empty()) {
    const auto held_out = cli::ParseFrameRange("--held-out", options.held_out);
    if (!held_out.ok()) return held_out.status();
    request.mutable_held_out()->Assign(held_out->begin(), held_out->end());
  }
  const auto project = context.ProjectId(options.project);
  if (!project.ok()) return project.status();
  request.set_request_id(*request_id);
  request.set_project_id(*project);
  request.set_name(options.name);
  request.set_shot(options.shot);
  request.set_recovery(*recovery);
  request.set_source_media_id(options.source);
  request.set_reference_media_id(options.reference);
  request.mutable_pairs()->Assign(pairs->begin(), pairs->end());
  request.set_note(options.note);
  return request;
}

absl::StatusOr<ExitCode> Create(Context& context, const CreateOptions& options) {
  const auto request = ToRequest(context, options);
  if (!request.ok()) return request.status();
  return PrintAnswer(context, &v1::DatasetService::Stub::CreateDatasetVersion, *request,
                     &v1::CreateDatasetVersionResponse::dataset_version, ListDatasets);
}

struct ListOptions {
  std::string project;
  std::string name;
};

absl::StatusOr<ExitCode> List(Context& context, const ListOptions& options) {
  const auto project = context.ProjectId(options.project);
  if (!project.ok()) return project.status();
  v1::ListDatasetVersionsRequest request;
  request.set_project_id(*project);
  request.set_name(options.name);
  return PrintList(context, &v1::DatasetService::Stub::ListDatasetVersions, request,
                   &v1::ListDatasetVersionsResponse::mutable_dataset_versions, ListDatasets);
}

absl::StatusOr<ExitCode> Get(Context& context, const std::string& id) {
  v1::GetDatasetVersionRequest request;
  request.set_dataset_version_id(id);
  return PrintAnswer(context, &v1::DatasetService::Stub::GetDatasetVersion, request,
                     &v1::GetDatasetVersionResponse::dataset_version, ListDatasets);
}

}  // namespace

void AddDatasetCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("dataset", "Versions of what a model is trained on; immutable");

  const auto options = std::make_shared<CreateOptions>();
  CLI::App& create = table.Verb(noun, "create", "Make the next version of a dataset",
                                [options](Context& context) { return Create(context, *options); }, {.dry_run = true});
  create.add_option("name", options->name, "The dataset's name")->required();
  create.add_option("--project", options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
  create.add_option("--shot", options->shot, "Shot")->type_name("NAME")->required();
  create.add_option("--recovery", options->recovery, "chroma, spatial, combined or direct (chroma)")->type_name("NAME");
  create.add_option("--source", options->source, "Medium to recover")->type_name("MEDIA")->required();
  create.add_option("--reference", options->reference, "Medium to learn from")->type_name("MEDIA")->required();
  create.add_option("--pairs", options->pairs, "Frames to train on; at least two")->type_name("RANGE")->required();
  create.add_option("--held-out", options->held_out, "Frames to choose by (midway between pairs)")->type_name("RANGE");
  create.add_option("--note", options->note, "Kept with the version")->type_name("TEXT");
  create.add_option("--request-id", options->request_id, "UUID that makes a repeated call harmless")->type_name("UUID");

  AddSuggestionCommands(table, noun);

  const auto list_options = std::make_shared<ListOptions>();
  CLI::App& list = table.Verb(noun, "list", "List a project's dataset versions",
                              [list_options](Context& context) { return List(context, *list_options); });
  list.add_option("--project", list_options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
  list.add_option("--name", list_options->name, "Only of this dataset")->type_name("NAME");

  const auto id = std::make_shared<std::string>();
  table.Verb(noun, "get", "Show a dataset version", [id](Context& context) { return Get(context, *id); })
      .add_option("dataset", *id, "Id of the version")
      ->required();
}

}  // namespace interneg::commands
