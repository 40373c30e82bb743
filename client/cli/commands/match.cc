#include <map>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/element_options.h"
#include "client/cli/commands/job_filter.h"
#include "client/cli/commands/map_edits.h"
#include "client/cli/commands/stage_job.h"

namespace interneg::commands {
namespace {

constexpr const char* kLater = "interneg match get";

enum class MapRows { kSpans, kFrames };

absl::Status PrintMap(Context& context, cli::Connection& connection, const v1::Job& job, MapRows rows) {
  const auto document = FetchDocument(connection, job, "frame_map");
  if (!document.ok()) return document.status();
  v1::FrameMap map;
  const cli::Format format = context.style().format;
  const bool text = format == cli::Format::kTable || format == cli::Format::kWide;
  if (text || rows == MapRows::kFrames)
    if (const absl::Status status = ReadDocument(*document, "frame map", map); !status.ok()) return status;
  if (rows == MapRows::kSpans) {
    PrintDocument(context, text ? TextOf(map) : DocumentText(), document->json, job.job_id());
    return absl::OkStatus();
  }
  cli::Listing frames = ListMappedFrames(map);
  if (const auto limit = static_cast<std::size_t>(context.limit()); limit > 0 && frames.rows.size() > limit) {
    frames.rows.resize(limit);
    context.NoteRest(Rest::kMore);
  }
  cli::PrintListing(frames, context.style(), context.out());
  return absl::OkStatus();
}

absl::Status ShowSpans(Context& context, cli::Connection& connection, const v1::Job& job) {
  return PrintMap(context, connection, job, MapRows::kSpans);
}

struct RunOptions {
  PlaceOptions place;
  ElementOptions elements;
  SubmitOptions submit;
};

absl::StatusOr<ExitCode> Run(Context& context, const RunOptions& options) {
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  const auto elements = ReadElements(context, options.elements, ReferenceFrames::kPresent);
  if (!elements.ok()) return elements.status();
  FillElements(*elements, *request->mutable_spec()->mutable_match());
  if (const absl::Status status = FillPlace(context, options.place, nullptr, *request); !status.ok()) return status;
  return SubmitAndMaybeShow(context, *request, kLater, ShowSpans);
}

struct GetOptions {
  std::string job;
  bool frames = false;
};

absl::StatusOr<ExitCode> Get(Context& context, const GetOptions& options) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto match = FetchStage(**connection, "job", options.job, v1::JOB_KIND_MATCH);
  if (!match.ok()) return match.status();
  const absl::Status status =
      PrintMap(context, **connection, match->job, options.frames ? MapRows::kFrames : MapRows::kSpans);
  if (!status.ok()) return status;
  return ExitCode::kOk;
}

struct EditOptions {
  std::string job;
  std::map<std::string, std::vector<std::string>> edits;  // by option
  CLI::App* command = nullptr;
  bool allow_reversal = false;
  SubmitOptions submit;
};

// As they stand on the command line, which is how the map records them; they are made together.
std::vector<TypedEdit> InOrder(const EditOptions& options) {
  std::vector<TypedEdit> ordered;
  std::map<std::string, std::size_t> taken;
  for (const CLI::Option* option : options.command->parse_order()) {
    const std::string name = option->get_name();
    const auto texts = options.edits.find(name);
    if (texts != options.edits.end()) ordered.push_back({name, texts->second.at(taken[name]++)});
  }
  return ordered;
}

absl::StatusOr<ExitCode> Edit(Context& context, const EditOptions& options) {
  const std::vector<TypedEdit> typed = InOrder(options);
  if (typed.empty())
    return absl::InvalidArgumentError("--set, --unset, --shift: give at least one, what to correct in the map");
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  // A dry run asks too: the elements are the earlier job's, and asking changes nothing.
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto earlier = FetchStage(**connection, "job", options.job, v1::JOB_KIND_MATCH);
  if (!earlier.ok()) return earlier.status();
  const v1::MatchJob& before = earlier->spec.match();
  auto edits = ParseMapEdits(typed, before.source(), before.reference());
  if (!edits.ok()) return edits.status();
  v1::MatchJob& match = *request->mutable_spec()->mutable_match();
  CopyElements(before, match);
  match.mutable_previous()->set_job_id(options.job);
  match.mutable_edits()->Add(edits->begin(), edits->end());
  // What an earlier edit was allowed to turn round stays so.
  match.set_allow_reversal(options.allow_reversal || before.allow_reversal());
  if (const absl::Status status = FillPlace(context, {}, &earlier->job, *request); !status.ok()) return status;
  return SubmitAndMaybeShow(context, *request, kLater, ShowSpans);
}

void AddEdit(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<EditOptions>();
  CLI::App& edit =
      table.Verb(noun, "edit", "Correct a map by hand; makes a new one and leaves the earlier as it is",
                 [options](Context& context) { return Edit(context, *options); }, {.dry_run = true, .wait = true});
  options->command = &edit;
  edit.add_option("job", options->job, "Id of the match whose map to correct")->required();
  const auto add = [&](const char* name, const char* type, const char* description) {
    edit.add_option(name, options->edits[name], description)->type_name(type)->expected(1)->take_all();
  };
  add("--set", "SOURCE=REFERENCE", "Give a source frame this partner; edits may be repeated and are made together");
  add("--unset", "RANGE", "Source frames that have no partner");
  add("--shift", "RANGE:+N", "Move the partners of these source frames");
  edit.add_flag("--allow-reversal", options->allow_reversal, "Let a shot's frames run backwards");
  AddSubmitOptions(edit, options->submit);
}

}  // namespace

void AddMatchCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("match", "Which frames two elements of a film share");
  const auto run_options = std::make_shared<RunOptions>();
  CLI::App& run = table.Verb(noun, "run", "Find the reference frame of every source frame",
                             [run_options](Context& context) { return Run(context, *run_options); },
                             {.dry_run = true, .wait = true});
  AddPlaceOptions(run, run_options->place, "[INTERNEG_PROJECT]");
  AddElementOptions(run, run_options->elements);
  AddSubmitOptions(run, run_options->submit);

  const auto get_options = std::make_shared<GetOptions>();
  CLI::App& get = table.Verb(noun, "get", "Print a map's spans, gaps and uncertain frames",
                             [get_options](Context& context) { return Get(context, *get_options); });
  get.add_option("job", get_options->job, "Id of the match")->required();
  get.add_flag("--frames", get_options->frames, "A line for every source frame");
  AddEdit(table, noun);

  const auto filter = std::make_shared<JobFilter>();
  filter->kinds = {"match"};
  CLI::App& list = table.Verb(noun, "list", "List matches, newest first",
                              [filter](Context& context) { return PrintJobs(context, *filter); }, {.watch = true});
  AddJobFilterOptions(list, *filter);
}

}  // namespace interneg::commands
