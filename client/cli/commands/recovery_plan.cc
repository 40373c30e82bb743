#include "client/cli/commands/recovery_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/cli/commands/crop_option.h"
#include "client/cli/commands/dataset_edits.h"
#include "client/cli/commands/media_of_frames.h"
#include "client/cli/commands/polarity.h"
#include "client/cli/commands/recovery_pairs.h"
#include "client/cli/commands/version.h"
#include "client/cli/job_words.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

// What the options come to.
struct Elements {
  Sequence source;
  Sequence reference;
  v1::ColorSettings color;
  v1::RenderOutput output;
};

absl::Status CheckOptionsFit(const RecoverOptions& options) {
  const bool named = !options.pairs.empty();
  const auto refuse = [](const char* option, const char* why) {
    return absl::InvalidArgumentError(fmt::format("{}: {}", option, why));
  };
  if (named) {
    constexpr const char* kNamed = "--pairs names the frames to train on already; leave one of the two out";
    if (!options.scope.empty()) return refuse("--scope", kNamed);
    if (options.pair_count) return refuse("--pair-count", kNamed);
    constexpr const char* kRegistered = "with --pairs the reference must be registered; leave one of the two out";
    if (!options.align_kind.empty()) return refuse("--align-kind", kRegistered);
    if (options.dense) return refuse("--dense", kRegistered);
    return absl::OkStatus();
  }
  if (!options.held_out.empty())
    return refuse("--held-out", "goes with --pairs; without them these frames are chosen too");
  if (options.pair_count && *options.pair_count < 2)
    return refuse("--pair-count", "training needs two or more; leave the option out for the scope's own");
  return absl::OkStatus();
}

absl::StatusOr<SequenceText> ReferenceText(const RecoverOptions& options) {
  const auto reading = ToReading("--reference-", options.reference_movie);
  if (!reading.ok()) return reading.status();
  SequenceText text{"--reference",           options.reference,       "--reference-range",
                    options.reference_range, options.reference_space, *reading};
  if (!text.range.empty() || options.pairs.empty()) return text;
  text.range_option = "--range";
  text.range = options.range;
  return text;
}

absl::StatusOr<Elements> ReadElements(const RecoverOptions& options, const std::filesystem::path& working_folder) {
  const auto reading = ToReading("--source-", options.source_movie);
  if (!reading.ok()) return reading.status();
  auto source = ParseSequence({"--source", options.source, "--range", options.range, options.source_space, *reading},
                              working_folder);
  if (!source.ok()) return source.status();
  const auto reference_text = ReferenceText(options);
  if (!reference_text.ok()) return reference_text.status();
  auto reference = ParseSequence(*reference_text, working_folder, NoRange::kWhole);
  if (!reference.ok()) return reference.status();
  // Files may come while the recovery runs, or before it is taken up again: its first stage names those that it saw.
  if (reference_text->range.empty()) reference->source.clear_range();
  if (options.training.preview_frame) {
    const absl::Status status =
        CheckWithin("--preview-frame", {*options.training.preview_frame}, *source, "--range", options.range);
    if (!status.ok()) return status;
  }
  const auto color = ToColorSettings(options.color, working_folder);
  if (!color.ok()) return color.status();
  const auto output = ToRenderOutput(options.output, *source, &*reference, working_folder);
  if (!output.ok()) return output.status();
  if (options.submit.request_id.empty()) {
    if (const absl::Status status = CheckOutputFree(*output, source->frames, working_folder); !status.ok())
      return status;
  }
  return Elements{std::move(*source), std::move(*reference), *color, *output};
}

// Adds a job to the plan and returns its document.
v1::JobSpec& AddJob(const RecoverOptions& options, const char* part, const char* after, RecoveryPlan& plan) {
  PlannedJob& job = plan.jobs.emplace_back(PlannedJob{part, after, {}});
  v1::SubmitJobRequest& request = job.request;
  request.set_request_id(cli::DerivedUuid(plan.request_id, part));
  request.set_shot(options.shot);
  request.set_priority(options.submit.priority);
  request.set_pool(options.submit.pool);
  request.mutable_spec()->set_schema(kWrittenSchema);
  return *request.mutable_spec();
}

template <class Job>
Job& FillBoth(const Elements& elements, Job& job) {
  *job.mutable_source() = elements.source.source;
  *job.mutable_reference() = elements.reference.source;
  *job.mutable_color() = elements.color;
  return job;
}

// Pairs whose reference lies elsewhere and is numbered otherwise have no parity to check: the source alone is read.
void AddProbe(v1::Recovery recovery, const RecoverOptions& options, const Elements& elements, RecoveryPlan& plan) {
  v1::ProbeJob& probe = *AddJob(options, "probe", "", plan).mutable_probe();
  *probe.add_media() = elements.source.source;
  if (!options.pairs.empty()) *probe.add_media() = elements.reference.source;
  *probe.mutable_color() = elements.color;
  // So that a place or a space that cannot be, or a source that has no colour, is found before any work is done.
  *probe.mutable_output() = elements.output;
  probe.set_recovery(recovery);
}

absl::Status AddStages(const RecoverOptions& options, const Elements& elements, RecoveryPlan& plan) {
  FillBoth(elements, *AddJob(options, "match", "probe", plan).mutable_match());

  v1::CurateJob& curate = FillBoth(elements, *AddJob(options, "curate", "match", plan).mutable_curate());
  curate.mutable_frame_map()->set_job_id("match");
  const auto scope = cli::ParseWord<v1::CurationScope>("--scope", options.scope);
  if (!scope.ok()) return scope.status();
  curate.set_scope(*scope);
  curate.set_pairs(options.pair_count.value_or(0));

  v1::AlignJob& align = FillBoth(elements, *AddJob(options, "align", "curate", plan).mutable_align());
  align.mutable_pair_choice()->set_job_id("curate");
  align.mutable_frame_map()->set_job_id("match");
  const auto kind = cli::ParseWord<v1::TransformKind>("--align-kind", options.align_kind);
  if (!kind.ok()) return kind.status();
  align.set_kind(*kind);
  align.set_dense(options.dense);
  return absl::OkStatus();
}

absl::Status AddTrain(v1::Recovery recovery, const RecoverOptions& options, const Elements& elements,
                      const std::filesystem::path& working_folder, RecoveryPlan& plan) {
  const bool named = !options.pairs.empty();
  v1::TrainJob& train = FillBoth(elements, *AddJob(options, "train", named ? "probe" : "align", plan).mutable_train());
  train.set_recovery(recovery);
  const absl::Status prepared = FillPreparation(options.preparation, working_folder, train);
  if (!prepared.ok()) return prepared;
  v1::CreateDatasetVersionRequest& dataset = plan.dataset;
  dataset.set_request_id(cli::DerivedUuid(plan.request_id, "dataset"));
  dataset.set_name(fmt::format("{}-{}", NameFrom(options.shot), cli::Word(recovery)));
  dataset.set_shot(options.shot);
  dataset.set_note(options.note);
  v1::DatasetContent& content = *dataset.mutable_content();
  content.set_recovery(recovery);
  *content.mutable_color() = elements.color;
  *content.mutable_source_preparation() = train.source_preparation();
  *content.mutable_reference_preparation() = train.reference_preparation();
  if (!named) {
    train.mutable_alignment()->set_job_id("align");
    return FillTraining(options.training, train);
  }
  const auto split = ParseSplit(options, elements.source, elements.reference);
  if (!split.ok()) return split.status();
  train.mutable_pairs()->Assign(split->pairs.begin(), split->pairs.end());
  train.mutable_held_out()->Assign(split->held_out.begin(), split->held_out.end());
  for (const int frame : split->pairs) *content.add_pairs() = NumberedAlike(frame, PairUse::kTrain);
  for (const int frame : split->held_out) *content.add_pairs() = NumberedAlike(frame, PairUse::kHoldOut);
  return FillTraining(options.training, train);
}

// What would weigh the files' own pixels against a recovery, or deliver them beside it.
absl::Status CheckInverted(const v1::TrainJob& train, const v1::RenderJob& render) {
  if (!Inverts(train.source_preparation())) return absl::OkStatus();
  const v1::DetailStrengths& detail = render.detail();
  const std::pair<const char*, bool> given[] = {{"--fine-detail", detail.has_fine() && detail.fine() != 1.0},
                                                {"--middle-detail", detail.has_middle() && detail.middle() != 1.0},
                                                {"--coarse-detail", detail.has_coarse() && detail.coarse() != 1.0},
                                                {"--grain", detail.has_grain() && detail.grain() != 1.0},
                                                {"--invented-detail", render.invented_detail()},
                                                {"--render-crop", render.has_render_crop()}};
  for (const auto& [option, is_given] : given) {
    if (!is_given) continue;
    return absl::InvalidArgumentError(
        fmt::format("{}: a step inverts the source, whose files' own pixels this would use; leave it out, or make a "
                    "positive of the scan first and recover that",
                    option));
  }
  return absl::OkStatus();
}

}  // namespace

v1::SubmitJobRequest& RecoveryPlan::RequestOf(const std::string& part) {
  return std::find_if(jobs.begin(), jobs.end(), [&](const PlannedJob& job) { return job.part == part; })->request;
}

absl::StatusOr<RecoveryPlan> PlanRecovery(v1::Recovery recovery, const RecoverOptions& options,
                                          const std::string& request_id, const std::filesystem::path& working_folder) {
  if (const absl::Status status = CheckOptionsFit(options); !status.ok()) return status;
  const auto elements = ReadElements(options, working_folder);
  if (!elements.ok()) return elements.status();
  RecoveryPlan plan;
  plan.request_id = request_id;
  plan.repeatable = !options.submit.request_id.empty();
  plan.project = options.project;
  plan.source = MediaRequest(request_id, options.shot, "source", elements->source.source);
  plan.reference = MediaRequest(request_id, options.shot, "reference", elements->reference.source);
  AddProbe(recovery, options, *elements, plan);
  if (options.pairs.empty())
    if (const absl::Status status = AddStages(options, *elements, plan); !status.ok()) return status;
  if (const absl::Status status = AddTrain(recovery, options, *elements, working_folder, plan); !status.ok())
    return status;
  const v1::Precision precision = plan.RequestOf("train").spec().train().training().precision();
  v1::RenderJob& render = *AddJob(options, "render", "train", plan).mutable_render();
  *render.mutable_source() = elements->source.source;
  *render.mutable_color() = elements->color;
  *render.mutable_output() = elements->output;
  render.set_chunk_frames(options.output.chunk_frames);
  render.set_precision(precision);
  FillRendering(options.rendering, render);
  if (const absl::Status status = FillRenderCrop(options.render_crop, render); !status.ok()) return status;
  const absl::Status status = CheckInverted(plan.RequestOf("train").spec().train(), render);
  if (!status.ok()) return status;
  return plan;
}

cli::Json ToJson(const RecoveryPlan& plan) {
  const auto part = [](const google::protobuf::Message& message) {
    return cli::ToJson(message, cli::Defaults::kLeftOut);
  };
  cli::Json json = {{"project", plan.project}, {"media", cli::Json::array({part(plan.source), part(plan.reference)})}};
  json["dataset"] = part(plan.dataset);
  // Ids that only the server can give are said in words.
  for (const PlannedJob& job : plan.jobs) {
    cli::Json& planned = json["jobs"][job.part] = part(job.request);
    if (!job.after.empty()) planned["dependsOn"] = job.after;
  }
  return json;
}

}  // namespace interneg::commands
