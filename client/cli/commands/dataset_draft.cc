#include "client/cli/commands/dataset_draft.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "client/cli/commands/crop_option.h"
#include "client/cli/commands/dataset_edits.h"
#include "client/cli/commands/dataset_lookup.h"
#include "client/cli/commands/media_of_frames.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

absl::Status CheckOneOrigin(const DraftOptions& options) {
  const std::pair<const char*, const std::string&> origins[] = {{"--from-suggestion", options.from_suggestion},
                                                                {"--from-align", options.from_align},
                                                                {"--from-version", options.from_version},
                                                                {"--pairs", options.pairs.pairs}};
  const char* given = nullptr;
  for (const auto& [option, value] : origins) {
    if (value.empty()) continue;
    if (given != nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {} names the pairs already; leave one of the two out", option, given));
    }
    given = option;
  }
  if (given == nullptr) {
    return absl::InvalidArgumentError(
        "--from-suggestion, --from-align, --from-version, --pairs: give one of them, which pairs to begin with");
  }
  const std::pair<const char*, const std::string&> of_frames[] = {
      {"--source", options.source}, {"--reference", options.reference}, {"--held-out", options.pairs.held_out}};
  for (const auto& [option, value] : of_frames) {
    if (options.pairs.pairs.empty() && !value.empty())
      return absl::InvalidArgumentError(fmt::format("{}: {} says it already; leave one of the two out", option, given));
  }
  return absl::OkStatus();
}

absl::Status RequireMedia(const DraftOptions& options) {
  for (const auto& [option, value] :
       {std::pair{"--source", &options.source}, std::pair{"--reference", &options.reference}})
    if (value->empty())
      return absl::InvalidArgumentError(fmt::format("{}: is missing; give the id of a registered medium", option));
  return absl::OkStatus();
}

void FillFromJob(const v1::Job& job, const v1::ColorSettings& color, v1::CreateDatasetVersionRequest& request) {
  request.set_project_id(job.project_id());
  if (request.shot().empty()) request.set_shot(job.shot());
  *request.mutable_content()->mutable_color() = color;
}

void AddChosen(const v1::PairChoice& choice, v1::DatasetContent& content) {
  for (const v1::ChosenPair& chosen : choice.pairs()) {
    v1::DatasetPair& pair = *content.add_pairs();
    pair.set_source_frame(chosen.source_frame());
    pair.set_reference_frame(chosen.reference_frame());
    pair.set_held_out(chosen.held_out());
    *pair.mutable_compromises() = chosen.compromises();
  }
}

absl::StatusOr<v1::PairChoice> FetchChoice(cli::Connection& connection, const v1::Job& job) {
  const auto document = FetchDocument(connection, job, "pair_choice");
  if (!document.ok()) return document.status();
  v1::PairChoice choice;
  if (const absl::Status s = ReadDocument(*document, "choice of pairs", choice); !s.ok()) return s;
  return choice;
}

absl::Status FillFromSuggestion(Context& context, cli::Connection& connection, const std::string& id,
                                v1::CreateDatasetVersionRequest& request) {
  const auto stage = FetchStage(connection, "--from-suggestion", id, v1::JOB_KIND_CURATE);
  if (!stage.ok()) return stage.status();
  const auto choice = FetchChoice(connection, stage->job);
  if (!choice.ok()) return choice.status();
  AddChosen(*choice, *request.mutable_content());
  FillFromJob(stage->job, stage->spec.curate().color(), request);
  return NameMedia(context, connection, choice->source(), choice->reference(), request);
}

// What the suggestion that the alignment took its pairs from said of them; nothing where there was none.
absl::StatusOr<std::map<int, v1::ChosenPair>> ChosenBefore(cli::Connection& connection, const v1::AlignJob& align) {
  std::map<int, v1::ChosenPair> chosen;
  if (align.pair_choice().job_id().empty()) return chosen;
  const auto job = FetchJob(connection, align.pair_choice().job_id());
  if (!job.ok()) return job.status();
  const auto choice = FetchChoice(connection, *job);
  if (!choice.ok()) return choice.status();
  for (const v1::ChosenPair& pair : choice->pairs()) chosen[pair.source_frame()] = pair;
  return chosen;
}

absl::Status FillFromAlign(Context& context, cli::Connection& connection, const std::string& id,
                           v1::CreateDatasetVersionRequest& request) {
  const auto found = FindAlignment(connection, "--from-align", id);
  if (!found.ok()) return found.status();
  if (const absl::Status s = FillFromAlignment(context, connection, *found, request); !s.ok()) return s;
  return NameMedia(context, connection, found->alignment.source(), found->alignment.reference(), request);
}

absl::Status FillFromVersion(Context& context, const DraftOptions& options, v1::CreateDatasetVersionRequest& request) {
  const auto version =
      FindDataset(context, "--from-version", options.from_version, options.project, DatasetWanted::kAny);
  if (!version.ok()) return version.status();
  *request.mutable_content() = version->content();
  request.set_project_id(version->project_id());
  if (request.shot().empty()) request.set_shot(version->shot());
  return absl::OkStatus();
}

absl::Status FillFromFrames(Context& context, const DraftOptions& options, v1::CreateDatasetVersionRequest& request) {
  if (const absl::Status s = RequireMedia(options); !s.ok()) return s;
  const auto project = context.ProjectId(options.project);
  if (!project.ok()) return project.status();
  request.set_project_id(*project);
  if (request.shot().empty())
    return absl::InvalidArgumentError("--shot: is missing; name the shot that the frames belong to");
  v1::DatasetContent& content = *request.mutable_content();
  content.set_source_media_id(options.source);
  content.set_reference_media_id(options.reference);
  for (const auto& [option, text, use] : {std::tuple{"--pairs", &options.pairs.pairs, PairUse::kTrain},
                                          std::tuple{"--held-out", &options.pairs.held_out, PairUse::kHoldOut}}) {
    if (text->empty()) continue;
    const auto frames = cli::ParseFrameRange(option, *text);
    if (!frames.ok()) return frames.status();
    if (use == PairUse::kTrain && frames->size() < 2)
      return absl::InvalidArgumentError("--pairs: training needs two or more frames, better four");
    for (const int frame : *frames) *content.add_pairs() = NumberedAlike(frame, use);
  }
  return absl::OkStatus();
}

// What the options say beside the origin.
absl::Status FillSettings(Context& context, const DraftOptions& options, v1::DatasetContent& content) {
  const bool of_job = !options.from_suggestion.empty() || !options.from_align.empty();
  if (const auto said = Said(options.color); of_job && !said.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{0}: the job has its own colour settings; leave {0} out", fmt::join(said, ", ")));
  }
  if (!of_job) {
    // A version that the draft begins with keeps what is not said; the hash is its configuration's.
    const auto color = options.from_version.empty()
                           ? ColorOf(context, options.color)
                           : ToColorSettings(options.color, context.environment().working_folder);
    if (!color.ok()) return color.status();
    if (!options.color.config.empty()) {
      content.mutable_color()->clear_config();  // it may be the built-in one that is asked for
      content.mutable_color()->clear_config_sha256();
    }
    if (color->ByteSizeLong() > 0) content.mutable_color()->MergeFrom(*color);
  }
  if (!options.recovery.empty() || content.recovery() == v1::RECOVERY_UNSPECIFIED) {
    const auto recovery =
        cli::ParseWord<v1::Recovery>("--recovery", options.recovery.empty() ? "chroma" : options.recovery);
    if (!recovery.ok()) return recovery.status();
    content.set_recovery(*recovery);
  }
  DatasetEdits edits;
  edits.crop = options.crop;
  edits.preparation = options.preparation;
  return ApplyEdits(edits, nullptr, context.environment().working_folder, content);
}

}  // namespace

absl::Status FillAlignedPairs(Context& context, cli::Connection& connection, const FoundAlignment& found,
                              v1::DatasetContent& content) {
  const auto chosen = ChosenBefore(connection, found.stage.spec.align());
  if (!chosen.ok()) return chosen.status();
  content.set_alignment_sha256(found.sha256);
  for (const v1::AlignedPair& aligned : found.alignment.pairs()) {
    if (aligned.verdict() == "unusable") {
      context.Note(fmt::format("Frame {} is left out: its alignment is unusable ({}).", aligned.source_frame(),
                               aligned.reason()));
      continue;
    }
    v1::DatasetPair& pair = *content.add_pairs();
    pair.set_source_frame(aligned.source_frame());
    pair.set_reference_frame(aligned.reference_frame());
    pair.set_held_out(aligned.held_out());
    if (const auto before = chosen->find(aligned.source_frame()); before != chosen->end())
      *pair.mutable_compromises() = before->second.compromises();
  }
  return absl::OkStatus();
}

absl::Status FillFromAlignment(Context& context, cli::Connection& connection, const FoundAlignment& found,
                               v1::CreateDatasetVersionRequest& request) {
  FillFromJob(found.stage.job, found.stage.spec.align().color(), request);
  return FillAlignedPairs(context, connection, found, *request.mutable_content());
}

absl::Status HoldOneOut(Context& context, const std::string& for_more, v1::DatasetContent& content) {
  const auto held_out = std::count_if(content.pairs().begin(), content.pairs().end(),
                                      [](const v1::DatasetPair& pair) { return pair.held_out(); });
  const auto training = content.pairs_size() - held_out;
  if (training < (held_out > 0 ? 2 : 3)) {
    return absl::FailedPreconditionError(fmt::format(
        "{} pairs can be used, {} of them held out, and two to train on and one to judge by are needed; {}, "
        "or look at what the alignment says of the others",
        content.pairs_size(), held_out, for_more));
  }
  if (held_out > 0) return absl::OkStatus();
  v1::DatasetPair& middle = *content.mutable_pairs(content.pairs_size() / 2);
  middle.set_held_out(true);
  context.Note(
      fmt::format("Frame {} is held out instead of trained on: the alignment holds out no pair that can be used.",
                  middle.source_frame()));
  return absl::OkStatus();
}

absl::Status NameMedia(Context& context, cli::Connection& connection, const v1::FrameSource& source,
                       const v1::FrameSource& reference, v1::CreateDatasetVersionRequest& request) {
  if (context.options().dry_run) return absl::OkStatus();
  v1::DatasetContent& content = *request.mutable_content();
  for (const auto& [role, frames, id] : {std::tuple{"source", &source, content.mutable_source_media_id()},
                                         std::tuple{"reference", &reference, content.mutable_reference_media_id()}}) {
    v1::CreateMediaRequest wanted = MediaRequest(request.request_id(), request.shot(), role, *frames);
    wanted.set_project_id(request.project_id());
    const auto medium = MediumOf(connection, wanted);
    if (!medium.ok()) return medium.status();
    id->assign(medium->media_id());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DatasetVersion> RecordVersion(Context& context, cli::Connection& connection,
                                                 const v1::CreateDatasetVersionRequest& request) {
  const auto made = connection.Call(&v1::DatasetService::Stub::CreateDatasetVersion, request);
  if (!made.ok()) return made.status();
  const v1::DatasetVersion& dataset = made->dataset_version();
  const auto range_of = [](const auto& frames) { return cli::FrameRangeText({frames.begin(), frames.end()}); };
  context.Note(fmt::format("Dataset {} version {}: trained on {}, held out {}.", dataset.name(), dataset.version(),
                           range_of(dataset.pairs()), range_of(dataset.held_out())));
  return dataset;
}

absl::Status FillDraft(Context& context, const DraftOptions& options, v1::CreateDatasetVersionRequest& request) {
  if (const absl::Status s = CheckOneOrigin(options); !s.ok()) return s;
  // Settings that are wrong are told before media are made.
  v1::DatasetContent settings;
  if (const absl::Status s = FillSettings(context, options, settings); !s.ok()) return s;
  request.set_shot(options.shot);
  absl::Status filled;
  if (!options.pairs.pairs.empty()) {
    filled = FillFromFrames(context, options, request);
  } else if (!options.from_version.empty()) {
    filled = FillFromVersion(context, options, request);
  } else {
    // A dry run asks too: elements and pairs are the job's, and asking changes nothing.
    const auto connection = context.Connect();
    if (!connection.ok()) return connection.status();
    filled = options.from_align.empty() ? FillFromSuggestion(context, **connection, options.from_suggestion, request)
                                        : FillFromAlign(context, **connection, options.from_align, request);
  }
  if (!filled.ok()) return filled;
  return FillSettings(context, options, *request.mutable_content());
}

}  // namespace interneg::commands
