#include <memory>

#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/version.h"

namespace interneg::commands {
namespace {

struct TrainOptions {
  std::string dataset;
  std::vector<std::string> after;
  ColorOptions color;
  TrainingOptions training;
  SubmitOptions submit;
};

absl::StatusOr<v1::FrameSource> FramesOf(cli::Connection& connection, const std::string& media_id) {
  v1::GetMediaRequest request;
  request.set_media_id(media_id);
  const auto found = connection.Call(&v1::MediaService::Stub::GetMedia, request);
  if (!found.ok()) return found.status();
  return found->media().frames();
}

absl::Status FillFromDataset(cli::Connection& connection, const std::string& id, v1::SubmitJobRequest& request,
                             v1::TrainJob& train) {
  v1::GetDatasetVersionRequest get;
  get.set_dataset_version_id(id);
  const auto found = connection.Call(&v1::DatasetService::Stub::GetDatasetVersion, get);
  if (!found.ok()) return found.status();
  const v1::DatasetVersion& dataset = found->dataset_version();
  const auto source = FramesOf(connection, dataset.source_media_id());
  if (!source.ok()) return source.status();
  const auto reference = FramesOf(connection, dataset.reference_media_id());
  if (!reference.ok()) return reference.status();
  request.set_project_id(dataset.project_id());
  request.set_shot(dataset.shot());
  train.set_recovery(dataset.recovery());
  *train.mutable_source() = *source;
  *train.mutable_reference() = *reference;
  *train.mutable_pairs() = dataset.pairs();
  *train.mutable_held_out() = dataset.held_out();
  train.set_dataset_sha256(dataset.sha256());
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Submit(Context& context, const TrainOptions& options) {
  const auto request_id = RequestId(context, options.submit.request_id);
  if (!request_id.ok()) return request_id.status();
  v1::SubmitJobRequest request;
  request.set_request_id(*request_id);
  request.set_priority(options.submit.priority);
  request.set_pool(options.submit.pool);
  request.mutable_spec()->set_schema(kJobSchema);
  v1::TrainJob& train = *request.mutable_spec()->mutable_train();
  const auto color = ToColorSettings(options.color, context.environment().working_folder);
  if (!color.ok()) return color.status();
  *train.mutable_color() = *color;
  if (const absl::Status status = FillTraining(options.training, train); !status.ok()) return status;
  for (const std::string& id : options.after) request.add_dependencies()->set_job_id(id);
  // A dry run asks too: the document is the dataset's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  if (const absl::Status status = FillFromDataset(**connection, options.dataset, request, train); !status.ok())
    return status;
  return SubmitAndMaybeWait(context, std::move(request));
}

}  // namespace

void AddTrainCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("train", "Training");
  const auto options = std::make_shared<TrainOptions>();
  CLI::App& submit =
      table.Verb(noun, "submit", "Train a model on a dataset version",
                 [options](Context& context) { return Submit(context, *options); }, {.dry_run = true, .wait = true});
  submit.add_option("--dataset", options->dataset, "Id of the dataset version")->type_name("DATASET")->required();
  submit.add_option("--after", options->after, "Job that must succeed first; may be repeated")
      ->type_name("JOB")
      ->expected(1)
      ->take_all();
  AddTrainingOptions(submit, options->training);
  AddColorOptions(submit, options->color);
  AddSubmitOptions(submit, options->submit);
}

}  // namespace interneg::commands
