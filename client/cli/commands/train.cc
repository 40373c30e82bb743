#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/dataset_draft.h"
#include "client/cli/commands/dataset_edits.h"
#include "client/cli/commands/dataset_lookup.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/found_alignment.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/media_of_frames.h"
#include "client/cli/commands/polarity.h"
#include "client/cli/commands/preparation_options.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/job_words.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

struct TrainOptions {
  std::string project;
  std::string dataset;
  std::string align;
  std::string recovery;
  std::vector<std::string> after;
  ColorOptions color;
  PreparationOptions preparation;
  TrainingOptions training;
  SubmitOptions submit;
};

// Of a version that is older than contents, its medium's.
absl::StatusOr<v1::FrameSource> FramesOf(cli::Connection& connection, const v1::FrameSource& frames,
                                         const std::string& media_id) {
  if (!frames.path().empty()) return frames;
  v1::GetMediaRequest request;
  request.set_media_id(media_id);
  const auto found = connection.Call(&v1::MediaService::Stub::GetMedia, request);
  if (!found.ok()) return found.status();
  return found->media().frames();
}

// What a content says beside media and split: alignment, partners, crop, preparation, colour.
void FillFromContent(const v1::DatasetContent& content, v1::TrainJob& train) {
  if (content.has_color()) *train.mutable_color() = content.color();
  if (!content.alignment_sha256().empty()) train.mutable_alignment()->set_sha256(content.alignment_sha256());
  if (content.has_crop()) *train.mutable_crop() = content.crop();
  *train.mutable_source_preparation() = content.source_preparation();
  *train.mutable_reference_preparation() = content.reference_preparation();
  FillPartners(content, train);
}

absl::Status FillFromVersion(cli::Connection& connection, const v1::DatasetVersion& dataset,
                             v1::SubmitJobRequest& request, v1::TrainJob& train) {
  const v1::DatasetContent& content = dataset.content();
  const auto source = FramesOf(connection, content.source(), dataset.source_media_id());
  if (!source.ok()) return source.status();
  const auto reference = FramesOf(connection, content.reference(), dataset.reference_media_id());
  if (!reference.ok()) return reference.status();
  request.set_project_id(dataset.project_id());
  request.set_shot(dataset.shot());
  train.set_recovery(dataset.recovery());
  *train.mutable_source() = *source;
  *train.mutable_reference() = *reference;
  *train.mutable_pairs() = dataset.pairs();
  *train.mutable_held_out() = dataset.held_out();
  FillFromContent(content, train);
  train.set_dataset_sha256(dataset.sha256());
  return absl::OkStatus();
}

absl::Status FillFromDataset(Context& context, cli::Connection& connection, const TrainOptions& options,
                             v1::SubmitJobRequest& request, v1::TrainJob& train) {
  const auto dataset = FindDataset(context, "--dataset", options.dataset, options.project, DatasetWanted::kLocked);
  if (!dataset.ok()) return dataset.status();
  if (const auto said = Said(options.color); dataset->content().has_color() && !said.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{0}: {1} has its own colour settings; leave {0} out", fmt::join(said, ", "), NameOf(*dataset)));
  }
  if (!dataset->content().has_color()) {
    const auto color = ColorOf(context, options.color);
    if (!color.ok()) return color.status();
    *train.mutable_color() = *color;
  }
  if (const absl::Status s = FillFromVersion(connection, *dataset, request, train); !s.ok()) return s;
  return CheckNegatives(connection, request.project_id(), train, StepsFrom::kDatasetVersion);
}

// Of a version that is not made, or not yet: its media's frames are those that the alignment saw.
void FillFromDraft(const v1::Alignment& alignment, const v1::CreateDatasetVersionRequest& version,
                   v1::SubmitJobRequest& request, v1::TrainJob& train) {
  const v1::DatasetContent& content = version.content();
  request.set_project_id(version.project_id());
  request.set_shot(version.shot());
  train.set_recovery(content.recovery());
  *train.mutable_source() = alignment.source();
  *train.mutable_reference() = alignment.reference();
  for (const v1::DatasetPair& pair : content.pairs()) {
    (pair.held_out() ? train.mutable_held_out() : train.mutable_pairs())->Add(pair.source_frame());
  }
  FillFromContent(content, train);
}

// A version of the pairs that the alignment could use; its media are still to be named.
absl::Status FillVersion(Context& context, cli::Connection& connection, const TrainOptions& options,
                         const FoundAlignment& found, v1::CreateDatasetVersionRequest& version) {
  v1::DatasetContent& content = *version.mutable_content();
  const auto recovery = cli::ParseWord<v1::Recovery>("--recovery", options.recovery);
  if (!recovery.ok()) return recovery.status();
  content.set_recovery(*recovery);
  DatasetEdits edits;
  edits.preparation = options.preparation;
  if (const absl::Status s = ApplyEdits(edits, nullptr, context.environment().working_folder, content); !s.ok())
    return s;
  version.set_name(fmt::format("{}-{}", NameFrom(found.stage.job.shot()), options.recovery));
  if (const absl::Status s = FillFromAlignment(context, connection, found, version); !s.ok()) return s;
  return HoldOneOut(context, "align more with `interneg align run --held-out`", content);
}

// What is trained on is on record before it is: the pairs that an alignment could use become a dataset version.
absl::Status TrainOnAlignment(Context& context, cli::Connection& connection, const TrainOptions& options,
                              v1::SubmitJobRequest& request, v1::TrainJob& train) {
  const auto found = FindAlignment(connection, "--align", options.align);
  if (!found.ok()) return found.status();
  const v1::Alignment& alignment = found->alignment;
  v1::CreateDatasetVersionRequest version;
  version.set_request_id(cli::DerivedUuid(request.request_id(), "dataset"));
  if (const absl::Status s = FillVersion(context, connection, options, *found, version); !s.ok()) return s;
  v1::TrainJob planned = train;
  FillFromDraft(alignment, version, request, planned);
  const absl::Status fit = CheckNegatives(connection, version.project_id(), planned, StepsFrom::kOptions);
  if (!fit.ok()) return fit;
  if (context.options().dry_run) {
    train = std::move(planned);
    context.Note(
        fmt::format("The pairs would be recorded as a version of {} first; the job then names it by its hash "
                    "(datasetSha256), which it does not have yet.",
                    version.name()));
    return absl::OkStatus();
  }
  const absl::Status named = NameMedia(context, connection, alignment.source(), alignment.reference(), version);
  if (!named.ok()) return named;
  const auto dataset = RecordVersion(context, connection, version);
  if (!dataset.ok()) return dataset.status();
  return FillFromVersion(connection, *dataset, request, train);
}

absl::Status CheckOfDataset(const TrainOptions& options) {
  if (!options.recovery.empty())
    return absl::InvalidArgumentError("--recovery: a dataset version has its own; leave the option out");
  if (options.preparation.Said()) {
    return absl::InvalidArgumentError(
        "--prepare-source, --prepare-reference: a dataset version has its own; make a draft from it with `interneg "
        "dataset create --from-version` and give them there");
  }
  return absl::OkStatus();
}

absl::Status CheckData(const TrainOptions& options) {
  if (options.dataset.empty() == options.align.empty())
    return absl::InvalidArgumentError("--dataset, --align: give one of the two, what to train on");
  if (options.align.empty()) return CheckOfDataset(options);
  if (options.recovery.empty())
    return absl::InvalidArgumentError(
        "--recovery: is missing; an alignment does not say what to recover: chroma, spatial ...");
  if (!options.project.empty())
    return absl::InvalidArgumentError("--project: with --align that job's project holds; leave --project out");
  ElementOptions said;
  said.color = options.color;
  return CheckUnsaid(said, "--align");
}

absl::StatusOr<ExitCode> Submit(Context& context, const TrainOptions& options) {
  if (const absl::Status status = CheckData(options); !status.ok()) return status;
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  v1::TrainJob& train = *request->mutable_spec()->mutable_train();
  if (const absl::Status status = FillTraining(options.training, train); !status.ok()) return status;
  for (const std::string& id : options.after) request->add_dependencies()->set_job_id(id);
  // A dry run asks too: the document is the dataset's or the alignment's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const absl::Status filled = options.align.empty() ? FillFromDataset(context, **connection, options, *request, train)
                                                    : TrainOnAlignment(context, **connection, options, *request, train);
  if (!filled.ok()) return filled;
  return SubmitAndMaybeWait(context, std::move(*request));
}

}  // namespace

void AddTrainCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("train", "Training");
  const auto options = std::make_shared<TrainOptions>();
  CLI::App& submit =
      table.Verb(noun, "submit", "Train a model on a dataset version, or on one made of an alignment's pairs",
                 [options](Context& context) { return Submit(context, *options); }, {.dry_run = true, .wait = true});
  submit.add_option("--dataset", options->dataset, "Locked dataset version: NAME (the newest), NAME@VERSION or an id")
      ->type_name("DATASET");
  submit.add_option("--project", options->project, "With --dataset: its project [INTERNEG_PROJECT]")->type_name("NAME");
  submit
      .add_option("--align", options->align,
                  "Alignment whose pairs to record as a version, SHOT-RECOVERY, and train on")
      ->type_name("JOB");
  submit.add_option("--recovery", options->recovery, "With --align: chroma, spatial, combined or direct")
      ->type_name("NAME");
  submit.add_option("--after", options->after, "Job that must succeed first; may be repeated")
      ->type_name("JOB")
      ->expected(1)
      ->take_all();
  AddPreparationOptions(submit, options->preparation);
  AddTrainingOptions(submit, options->training);
  AddColorOptions(submit, options->color);
  AddSubmitOptions(submit, options->submit);
}

}  // namespace interneg::commands
