#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/dataset_draft.h"
#include "client/cli/commands/dataset_lookup.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/records.h"

namespace interneg::commands {
namespace {

struct CreateOptions {
  std::string name;
  DraftOptions draft;
  std::string note;
  bool lock = false;
  std::string request_id;
};

absl::StatusOr<ExitCode> Create(Context& context, const CreateOptions& options) {
  v1::CreateDatasetVersionRequest request;
  const auto request_id = RequestId(context, options.request_id);
  if (!request_id.ok()) return request_id.status();
  request.set_request_id(*request_id);
  request.set_name(options.name);
  request.set_note(options.note);
  request.set_state(options.lock ? v1::DATASET_STATE_LOCKED : v1::DATASET_STATE_DRAFT);
  if (const absl::Status status = FillDraft(context, options.draft, request); !status.ok()) return status;
  return PrintAnswer(context, &v1::DatasetService::Stub::CreateDatasetVersion, request,
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

struct GetOptions {
  std::string dataset;
  std::string project;
};

absl::StatusOr<ExitCode> Get(Context& context, const GetOptions& options) {
  const auto dataset = FindDataset(context, "dataset", options.dataset, options.project, DatasetWanted::kAny);
  if (!dataset.ok()) return dataset.status();
  PrintDocument(context, TextOf(*dataset), cli::ToJson(*dataset), dataset->dataset_version_id());
  return ExitCode::kOk;
}

void AddCreate(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<CreateOptions>();
  CLI::App& create = table.Verb(noun, "create", "Begin a dataset's draft, to be edited and locked",
                                [options](Context& context) { return Create(context, *options); }, {.dry_run = true});
  DraftOptions& draft = options->draft;
  create.add_option("name", options->name, "The dataset's name")->required();
  create.add_option("--project", draft.project, "Project (the job's) [INTERNEG_PROJECT]")->type_name("NAME");
  create.add_option("--shot", draft.shot, "Shot (the job's or the version's)")->type_name("NAME");
  create.add_option("--from-suggestion", draft.from_suggestion, "Begin with the pairs that a suggestion chose")
      ->type_name("JOB");
  create.add_option("--from-align", draft.from_align, "Begin with the pairs that an alignment registers")
      ->type_name("JOB");
  create.add_option("--from-version", draft.from_version, "Begin with all that a version or draft holds")
      ->type_name("DATASET");
  create.add_option("--recovery", draft.recovery, "chroma, spatial, combined or direct (chroma)")->type_name("NAME");
  create.add_option("--source", draft.source, "With --pairs: medium to recover")->type_name("MEDIA");
  create
      .add_option("--reference", draft.reference, "With --pairs: medium to learn from, registered and numbered alike")
      ->type_name("MEDIA");
  create.add_option("--pairs", draft.pairs.pairs, "Frames to train on; at least two")->type_name("RANGE");
  create.add_option("--held-out", draft.pairs.held_out, "With --pairs: frames to judge by (midway between pairs)")
      ->type_name("RANGE");
  create.add_option("--crop", draft.crop, "Training crop in source pixels, X,Y,WIDTH,HEIGHT")->type_name("AREA");
  create.add_option("--note", options->note, "Kept with the dataset")->type_name("TEXT");
  create.add_flag("--lock", options->lock, "Lock it at once");
  create.add_option("--request-id", options->request_id, "UUID that makes a repeated call harmless")->type_name("UUID");
  AddPreparationOptions(create, draft.preparation);
  AddColorOptions(create, draft.color);
}

}  // namespace

void AddDatasetCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("dataset", "What a model is trained on: drafts, and versions that never change");
  AddSuggestionCommands(table, noun);
  AddCreate(table, noun);
  AddDatasetChanges(table, noun);
  AddDatasetDiff(table, noun);

  const auto list_options = std::make_shared<ListOptions>();
  CLI::App& list = table.Verb(noun, "list", "List a project's dataset versions and drafts",
                              [list_options](Context& context) { return List(context, *list_options); });
  list.add_option("--project", list_options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
  list.add_option("--name", list_options->name, "Only of this dataset")->type_name("NAME");

  const auto get_options = std::make_shared<GetOptions>();
  CLI::App& get = table.Verb(noun, "get", "Show a dataset with its pairs, a line a pair",
                             [get_options](Context& context) { return Get(context, *get_options); });
  get.add_option("dataset", get_options->dataset,
                 "NAME (its draft, or newest version), NAME@VERSION, NAME@draft or an id")
      ->required();
  get.add_option("--project", get_options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
}

}  // namespace interneg::commands
