#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/found_alignment.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/job_words.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

struct SuggestOptions {
  PlaceOptions place;
  std::string match;
  std::string align;
  ElementOptions elements;
  std::string scope;
  std::optional<std::uint32_t> pairs;
  std::string keep;
  std::string keep_held_out;
  std::string exclude;
  SubmitOptions submit;
};

absl::Status ShowChoice(Context& context, cli::Connection& connection, const v1::Job& job) {
  const auto document = FetchDocument(connection, job, "pair_choice");
  if (!document.ok()) return document.status();
  v1::PairChoice choice;
  const cli::Format format = context.style().format;
  DocumentText text;
  if (format == cli::Format::kTable || format == cli::Format::kWide) {
    if (const absl::Status status = ReadDocument(*document, "choice of pairs", choice); !status.ok()) return status;
    text = TextOf(choice);
  }
  PrintDocument(context, text, document->json, job.job_id());
  return absl::OkStatus();
}

bool NamesJob(const std::string& text) {
  return cli::IsUuid(text) ||
         std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) && c != 'x' && c != 'y'; });
}

// An earlier suggestion's pairs, in their roles.
absl::Status KeepChoice(cli::Connection& connection, const std::string& id, v1::CurateJob& curate) {
  const auto stage = FetchStage(connection, "--keep", id, v1::JOB_KIND_CURATE);
  if (!stage.ok()) return stage.status();
  const auto document = FetchDocument(connection, stage->job, "pair_choice");
  if (!document.ok()) return document.status();
  v1::PairChoice choice;
  if (const absl::Status status = ReadDocument(*document, "choice of pairs", choice); !status.ok()) return status;
  for (const v1::ChosenPair& pair : choice.pairs())
    pair.held_out() ? curate.add_keep_held_out(pair.source_frame()) : curate.add_keep(pair.source_frame());
  return absl::OkStatus();
}

// Where none are named: the alignment's pairs that can be used, in their roles.
absl::Status KeepAligned(cli::Connection& connection, const std::string& align_job, v1::CurateJob& curate) {
  const auto found = FindAlignment(connection, "--align", align_job);
  if (!found.ok()) return found.status();
  std::uint32_t trained_on = 0;
  for (const v1::AlignedPair& pair : found->alignment.pairs()) {
    if (!pair.held_out()) ++trained_on;
    if (pair.verdict() == "unusable") continue;
    pair.held_out() ? curate.add_keep_held_out(pair.source_frame()) : curate.add_keep(pair.source_frame());
  }
  if (curate.keep().empty()) curate.clear_keep_held_out();
  // As many as there were: what cannot be used is replaced.
  if (!curate.keep().empty()) curate.set_pairs(trained_on);
  return absl::OkStatus();
}

// Frames as typed.
absl::Status KeepNamed(const SuggestOptions& options, v1::CurateJob& curate) {
  for (const auto& [option, text, frames] :
       {std::tuple{"--keep", &options.keep, curate.mutable_keep()},
        std::tuple{"--keep-held-out", &options.keep_held_out, curate.mutable_keep_held_out()}}) {
    if (text->empty()) continue;
    const auto keep = FramesWithin(option, *text, curate.source(), "the source's range");
    if (!keep.ok()) return keep.status();
    frames->Assign(keep->begin(), keep->end());
  }
  for (const int frame : curate.keep_held_out()) {
    if (std::find(curate.keep().begin(), curate.keep().end(), frame) == curate.keep().end()) continue;
    return absl::InvalidArgumentError(
        fmt::format("--keep-held-out: frame {} is also among --keep; it can only be one of the two", frame));
  }
  if (curate.keep().empty() && !curate.keep_held_out().empty())
    return absl::InvalidArgumentError("--keep-held-out: goes with --keep, the pairs to train on that stay");
  return absl::OkStatus();
}

absl::Status FillKept(Context& context, const SuggestOptions& options, v1::CurateJob& curate) {
  const bool job = NamesJob(options.keep);
  if (job && !options.keep_held_out.empty())
    return absl::InvalidArgumentError("--keep-held-out: a suggestion names its own; leave the option out");
  const bool named = !options.keep.empty() || !options.keep_held_out.empty();
  if (named && !job) return KeepNamed(options, curate);
  if (!named && options.align.empty()) return absl::OkStatus();
  // A dry run asks too: what stays is the earlier job's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  return job ? KeepChoice(**connection, options.keep, curate) : KeepAligned(**connection, options.align, curate);
}

// What was asked about the choice itself; the source and what stays are settled before.
absl::Status FillChoice(const SuggestOptions& options, v1::CurateJob& curate) {
  const auto scope = cli::ParseWord<v1::CurationScope>("--scope", options.scope);
  if (!scope.ok()) return scope.status();
  curate.set_scope(*scope);
  if (options.pairs) {
    if (*options.pairs < 2)
      return absl::InvalidArgumentError(
          "--pairs: training needs two or more; leave the option out for the scope's own");
    curate.set_pairs(*options.pairs);
  }
  if (options.pairs && curate.keep_size() > static_cast<int>(*options.pairs)) {
    return absl::InvalidArgumentError(fmt::format("--keep: {} frames are more than --pairs {}; ask for more pairs",
                                                  curate.keep_size(), *options.pairs));
  }
  if (options.exclude.empty()) return absl::OkStatus();
  const auto exclude = FramesWithin("--exclude", options.exclude, curate.source(), "the source's range");
  if (!exclude.ok()) return exclude.status();
  for (const int frame : curate.keep()) {
    if (std::find(exclude->begin(), exclude->end(), frame) != exclude->end()) {
      return absl::InvalidArgumentError(
          fmt::format("--exclude: frame {} is also among --keep; it can only be one of the two", frame));
    }
  }
  curate.set_exclude(options.exclude);
  return absl::OkStatus();
}

// The elements and the frame map of a match, whose job it returns.
absl::StatusOr<v1::Job> FillFromMatch(Context& context, const std::string& id, v1::CurateJob& curate) {
  // A dry run asks too: the elements are the match's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  auto match = FetchStage(**connection, "--match", id, v1::JOB_KIND_MATCH);
  if (!match.ok()) return match.status();
  CopyElements(match->spec.match(), curate);
  curate.mutable_frame_map()->set_job_id(id);
  return std::move(match->job);
}

// The elements and the map of an alignment, whose job it returns.
absl::StatusOr<v1::Job> FillFromAlignment(Context& context, const std::string& id, v1::CurateJob& curate) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  auto align = FetchStage(**connection, "--align", id, v1::JOB_KIND_ALIGN);
  if (!align.ok()) return align.status();
  CopyElements(align->spec.align(), curate);
  if (align->spec.align().has_frame_map()) *curate.mutable_frame_map() = align->spec.align().frame_map();
  curate.mutable_alignment()->set_job_id(id);
  return std::move(align->job);
}

absl::StatusOr<ExitCode> Suggest(Context& context, const SuggestOptions& options) {
  if (!options.match.empty() && !options.align.empty())
    return absl::InvalidArgumentError("--match, --align: give one of the two; an alignment names its match");
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  v1::CurateJob& curate = *request->mutable_spec()->mutable_curate();
  std::optional<v1::Job> earlier;
  if (!options.match.empty() || !options.align.empty()) {
    const bool aligned = options.match.empty();
    const absl::Status status = CheckUnsaid(options.elements, aligned ? "--align" : "--match");
    if (!status.ok()) return status;
    auto job =
        aligned ? FillFromAlignment(context, options.align, curate) : FillFromMatch(context, options.match, curate);
    if (!job.ok()) return job.status();
    earlier = std::move(*job);
  } else {
    const auto elements = ReadElements(context, options.elements, ReferenceFrames::kSourceNumbers);
    if (!elements.ok()) return elements.status();
    FillElements(*elements, curate);
  }
  if (const absl::Status status = FillKept(context, options, curate); !status.ok()) return status;
  if (const absl::Status status = FillChoice(options, curate); !status.ok()) return status;
  if (const absl::Status status = FillPlace(context, options.place, earlier ? &*earlier : nullptr, *request);
      !status.ok())
    return status;
  return SubmitAndMaybeShow(context, *request, "interneg dataset suggestion", ShowChoice);
}

absl::StatusOr<ExitCode> Suggestion(Context& context, const std::string& id) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto curate = FetchStage(**connection, "job", id, v1::JOB_KIND_CURATE);
  if (!curate.ok()) return curate.status();
  if (const absl::Status status = ShowChoice(context, **connection, curate->job); !status.ok()) return status;
  return ExitCode::kOk;
}

}  // namespace

void AddSuggestionCommands(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<SuggestOptions>();
  CLI::App& suggest =
      table.Verb(noun, "suggest", "Propose frames to learn from and frames to judge by",
                 [options](Context& context) { return Suggest(context, *options); }, {.dry_run = true, .wait = true});
  AddPlaceOptions(suggest, options->place, "(the match's) [INTERNEG_PROJECT]");
  suggest.add_option("--match", options->match, "Match whose elements and map to choose from")->type_name("JOB");
  suggest
      .add_option("--align", options->align,
                  "Alignment of an earlier suggestion: what it found unusable is replaced, the rest stays")
      ->type_name("JOB");
  AddElementOptions(suggest, options->elements, ", numbered alike (without --match and --align)");
  suggest.add_option("--scope", options->scope, "shot, scene or sequence (shot)")->type_name("NAME");
  suggest.add_option("--pairs", options->pairs, "Pairs to train on (the scope's)")->type_name("COUNT");
  suggest
      .add_option(
          "--keep", options->keep,
          "Source frames to train on that stay, more between them, or a suggestion's job: its pairs in their roles")
      ->type_name("RANGE or JOB");
  suggest.add_option("--keep-held-out", options->keep_held_out, "Source frames that stay held out, with --keep RANGE")
      ->type_name("RANGE");
  suggest.add_option("--exclude", options->exclude, "Source frames that are not proposed")->type_name("RANGE");
  AddSubmitOptions(suggest, options->submit);

  const auto id = std::make_shared<std::string>();
  table
      .Verb(noun, "suggestion", "Print what `dataset suggest` proposed, with reasons, coverage and rejections",
            [id](Context& context) { return Suggestion(context, *id); })
      .add_option("job", *id, "Id of the job that proposed it")
      ->required();
}

}  // namespace interneg::commands
