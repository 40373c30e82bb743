#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct SuggestOptions {
  PlaceOptions place;
  std::string match;
  ElementOptions elements;
  std::string scope;
  std::optional<std::uint32_t> pairs;
  std::string keep;
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

// What was asked about the choice itself; the source is settled before.
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
  if (!options.keep.empty()) {
    const auto keep = FramesWithin("--keep", options.keep, curate.source(), "the source's range");
    if (!keep.ok()) return keep.status();
    if (options.pairs && keep->size() > *options.pairs) {
      return absl::InvalidArgumentError(
          fmt::format("--keep: {} frames are more than --pairs {}; ask for more pairs", keep->size(), *options.pairs));
    }
    curate.mutable_keep()->Assign(keep->begin(), keep->end());
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

absl::StatusOr<ExitCode> Suggest(Context& context, const SuggestOptions& options) {
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  v1::CurateJob& curate = *request->mutable_spec()->mutable_curate();
  std::optional<v1::Job> earlier;
  if (!options.match.empty()) {
    if (const absl::Status status = CheckUnsaid(options.elements, "--match"); !status.ok()) return status;
    auto match = FillFromMatch(context, options.match, curate);
    if (!match.ok()) return match.status();
    earlier = std::move(*match);
  } else {
    const auto elements = ReadElements(context, options.elements, ReferenceFrames::kSourceNumbers);
    if (!elements.ok()) return elements.status();
    FillElements(*elements, curate);
  }
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
  AddElementOptions(suggest, options->elements, ", numbered alike (without --match)");
  suggest.add_option("--scope", options->scope, "shot, scene or sequence (shot)")->type_name("NAME");
  suggest.add_option("--pairs", options->pairs, "Pairs to train on (the scope's)")->type_name("COUNT");
  suggest.add_option("--keep", options->keep, "Source frames that stay, whatever is proposed beside them")
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
