#include <memory>

#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct TrainOptions {
  std::string dataset;
  std::string align;
  std::string recovery;
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

// The elements, colour settings and place of an alignment, whose pairs the training takes.
absl::Status FillFromAlignment(cli::Connection& connection, const TrainOptions& options, v1::SubmitJobRequest& request,
                               v1::TrainJob& train) {
  const auto align = FetchStage(connection, "--align", options.align, v1::JOB_KIND_ALIGN);
  if (!align.ok()) return align.status();
  const auto recovery = cli::ParseWord<v1::Recovery>("--recovery", options.recovery);
  if (!recovery.ok()) return recovery.status();
  request.set_project_id(align->job.project_id());
  request.set_shot(align->job.shot());
  train.set_recovery(*recovery);
  CopyElements(align->spec.align(), train);
  train.mutable_alignment()->set_job_id(options.align);
  return absl::OkStatus();
}

absl::Status CheckData(const TrainOptions& options) {
  if (options.dataset.empty() == options.align.empty())
    return absl::InvalidArgumentError("--dataset, --align: give one of the two, what to train on");
  if (options.align.empty()) {
    if (options.recovery.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("--recovery: a dataset version has its own; leave the option out");
  }
  if (options.recovery.empty())
    return absl::InvalidArgumentError(
        "--recovery: is missing; an alignment does not say what to recover: chroma, spatial ...");
  ElementOptions said;
  said.color = options.color;
  return CheckUnsaid(said, "--align");
}

absl::StatusOr<ExitCode> Submit(Context& context, const TrainOptions& options) {
  if (const absl::Status status = CheckData(options); !status.ok()) return status;
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  v1::TrainJob& train = *request->mutable_spec()->mutable_train();
  const auto color = ToColorSettings(options.color, context.environment().working_folder);
  if (!color.ok()) return color.status();
  *train.mutable_color() = *color;
  if (const absl::Status status = FillTraining(options.training, train); !status.ok()) return status;
  for (const std::string& id : options.after) request->add_dependencies()->set_job_id(id);
  // A dry run asks too: the document is the dataset's or the alignment's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const absl::Status filled = options.align.empty() ? FillFromDataset(**connection, options.dataset, *request, train)
                                                    : FillFromAlignment(**connection, options, *request, train);
  if (!filled.ok()) return filled;
  return SubmitAndMaybeWait(context, std::move(*request));
}

}  // namespace

void AddTrainCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("train", "Training");
  const auto options = std::make_shared<TrainOptions>();
  CLI::App& submit =
      table.Verb(noun, "submit", "Train a model on a dataset version, or on the pairs of an alignment",
                 [options](Context& context) { return Submit(context, *options); }, {.dry_run = true, .wait = true});
  submit.add_option("--dataset", options->dataset, "Id of the dataset version")->type_name("DATASET");
  submit.add_option("--align", options->align, "Alignment whose pairs to train on")->type_name("JOB");
  submit.add_option("--recovery", options->recovery, "With --align: chroma, spatial, combined or direct")
      ->type_name("NAME");
  submit.add_option("--after", options->after, "Job that must succeed first; may be repeated")
      ->type_name("JOB")
      ->expected(1)
      ->take_all();
  AddTrainingOptions(submit, options->training);
  AddColorOptions(submit, options->color);
  AddSubmitOptions(submit, options->submit);
}

}  // namespace interneg::commands
