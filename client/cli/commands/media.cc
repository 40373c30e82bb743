#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/media_check.h"
#include "client/cli/commands/movie_options.h"
#include "client/cli/commands/polarity.h"
#include "client/cli/commands/records.h"
#include "client/cli/commands/sequence_options.h"
#include "client/cli/frame_range.h"

namespace interneg::commands {
namespace {

struct AddOptions {
  std::string project;
  std::string path;
  std::string range;
  std::string name;
  std::string shot;
  std::string space;
  std::string request_id;
  MovieOptions movie;
  v1::Element element;
  std::vector<std::string> conform_offsets;
};

// "+24", or "1001-1100:+24": what the conform added, to all frames or to these.
absl::StatusOr<v1::ConformOffset> ParseOffset(const std::string& text) {
  v1::ConformOffset offset;
  const auto colon = text.rfind(':');
  std::string number = colon == std::string::npos ? text : text.substr(colon + 1);
  if (number.starts_with('+')) number.erase(0, 1);
  int add = 0;
  const char* end = number.data() + number.size();
  if (const auto [rest, error] = std::from_chars(number.data(), end, add); error != std::errc() || rest != end) {
    return absl::InvalidArgumentError(
        fmt::format("--conform-offset: \"{}\" is no offset; write +24 for all frames, or 1001-1100:+24", text));
  }
  offset.set_add(add);
  if (colon == std::string::npos) return offset;
  offset.set_frames(text.substr(0, colon));
  const auto frames = cli::ParseFrameRange("--conform-offset", offset.frames());
  if (!frames.ok()) return frames.status();
  return offset;
}

// An empty text takes the offsets away.
absl::Status FillOffsets(const std::vector<std::string>& texts, v1::Element& element) {
  for (const std::string& text : texts) {
    if (text.empty() && texts.size() == 1) return absl::OkStatus();
    const auto offset = ParseOffset(text);
    if (!offset.ok()) return offset.status();
    *element.add_conform_offsets() = *offset;
  }
  return absl::OkStatus();
}

// Offsets and polarity, as typed, in the form that is recorded.
absl::Status SettleFacts(const std::vector<std::string>& offsets, v1::Element& element) {
  const auto polarity = ParsePolarity(element.polarity());
  if (!polarity.ok()) return polarity.status();
  element.set_polarity(*polarity);
  return FillOffsets(offsets, element);
}

absl::StatusOr<ExitCode> Add(Context& context, const AddOptions& options) {
  const auto request_id = RequestId(context, options.request_id);
  if (!request_id.ok()) return request_id.status();
  const auto reading = ToReading("--", options.movie);
  if (!reading.ok()) return reading.status();
  const auto sequence = ParseSequence({"path", options.path, "--range", options.range, options.space, *reading},
                                      context.environment().working_folder, NoRange::kWhole);
  if (!sequence.ok()) return sequence.status();
  const auto project = context.ProjectId(options.project);
  if (!project.ok()) return project.status();
  v1::CreateMediaRequest request;
  request.set_request_id(*request_id);
  request.set_project_id(*project);
  request.set_name(options.name);
  request.set_shot(options.shot);
  *request.mutable_frames() = sequence->source;
  *request.mutable_element() = options.element;
  if (const absl::Status status = SettleFacts(options.conform_offsets, *request.mutable_element()); !status.ok())
    return status;
  return PrintAnswer(context, &v1::MediaService::Stub::CreateMedia, request, &v1::CreateMediaResponse::media,
                     ListMedia);
}

absl::StatusOr<ExitCode> List(Context& context, const std::string& project_option) {
  const auto project = context.ProjectId(project_option);
  if (!project.ok()) return project.status();
  v1::ListMediaRequest request;
  request.set_project_id(*project);
  return PrintList(context, &v1::MediaService::Stub::ListMedia, request, &v1::ListMediaResponse::mutable_media,
                   ListMedia);
}

absl::StatusOr<ExitCode> Get(Context& context, const std::string& id) {
  v1::GetMediaRequest request;
  request.set_media_id(id);
  return PrintAnswer(context, &v1::MediaService::Stub::GetMedia, request, &v1::GetMediaResponse::media, ListMedia);
}

struct SetOptions {
  std::string media;
  v1::Element element;
  std::vector<std::string> conform_offsets;
  CLI::App* command = nullptr;
};

constexpr std::pair<const char*, const char*> kElementFields[] = {{"--element", "element"},
                                                                  {"--gauge", "gauge"},
                                                                  {"--generation", "generation"},
                                                                  {"--polarity", "polarity"},
                                                                  {"--transfer", "transfer"},
                                                                  {"--completeness", "completeness"},
                                                                  {"--conform-offset", "conform_offsets"}};

absl::StatusOr<ExitCode> Set(Context& context, const SetOptions& options) {
  v1::UpdateMediaRequest request;
  request.set_media_id(options.media);
  *request.mutable_element() = options.element;
  if (const absl::Status status = SettleFacts(options.conform_offsets, *request.mutable_element()); !status.ok())
    return status;
  for (const auto& [option, field] : kElementFields)
    if (options.command->count(option) > 0) request.mutable_update_mask()->add_paths(field);
  if (request.update_mask().paths().empty())
    return absl::InvalidArgumentError("--element, --gauge, ...: give at least one, what to record of the element");
  return PrintAnswer(context, &v1::MediaService::Stub::UpdateMedia, request, &v1::UpdateMediaResponse::media,
                     ListMedia);
}

void AddElementFacts(CLI::App& verb, v1::Element& element, std::vector<std::string>& conform_offsets) {
  const char* group = "Element";
  const auto text = [&](const char* name, std::string* field, const char* description) {
    verb.add_option_function<std::string>(
            name, [field](const std::string& value) { *field = value; }, description)
        ->type_name("TEXT")
        ->group(group);
  };
  text("--element", element.mutable_element(), "original negative, interpositive, release print, telecine, DVD ...");
  text("--gauge", element.mutable_gauge(), "35mm, 16mm ...");
  text("--generation", element.mutable_generation(), "Copies away from the camera");
  text("--polarity", element.mutable_polarity(), "positive or negative");
  text("--transfer", element.mutable_transfer(), "Scanner or telecine, and when");
  text("--completeness", element.mutable_completeness(), "What is missing");
  verb.add_option("--conform-offset", conform_offsets,
                  "Added to frames in the conform: +24, or 1001-1100:+24; may be repeated")
      ->type_name("RANGE:+N")
      ->expected(1)
      ->take_all()
      ->group(group);
}

void AddAdd(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<AddOptions>();
  CLI::App& verb = table.Verb(noun, "add", "Register a sequence of frames; they stay where they are",
                              [options](Context& context) { return Add(context, *options); }, {.dry_run = true});
  verb.add_option("path", options->path, "Frames, as scan/f.%04d.exr, tape.mov or root:path")->required();
  verb.add_option("--project", options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
  verb.add_option("--range", options->range, "Frames: 1001-1049, 1,5,9, 1-100x5; of a movie 1-N (all)")
      ->type_name("RANGE");
  verb.add_option("--name", options->name, "Name in the project (from the path)")->type_name("NAME");
  verb.add_option("--shot", options->shot, "Shot")->type_name("NAME");
  verb.add_option("--space", options->space, "Colour space (from the format)")->type_name("NAME");
  verb.add_option("--request-id", options->request_id, "UUID that makes a repeated call harmless")->type_name("UUID");
  AddMovieOptions(verb, "--", options->movie);
  AddElementFacts(verb, options->element, options->conform_offsets);
}

}  // namespace

void AddMediaCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("media", "Film elements, as sequences of frames");
  AddAdd(table, noun);

  const auto project = std::make_shared<std::string>();
  table.Verb(noun, "list", "List a project's media", [project](Context& context) { return List(context, *project); })
      .add_option("--project", *project, "Project [INTERNEG_PROJECT]")
      ->type_name("NAME");

  const auto id = std::make_shared<std::string>();
  table.Verb(noun, "get", "Show a medium", [id](Context& context) { return Get(context, *id); })
      .add_option("media", *id, "Id")
      ->required();

  const auto set_options = std::make_shared<SetOptions>();
  CLI::App& set = table.Verb(noun, "set", "Correct what is recorded of a medium's element; frames stay what they are",
                             [set_options](Context& context) { return Set(context, *set_options); }, {.dry_run = true});
  set_options->command = &set;
  set.add_option("media", set_options->media, "Id")->required();
  AddElementFacts(set, set_options->element, set_options->conform_offsets);
  AddMediaCheckCommands(table, noun);
  AddMediaMapCommand(table, noun);
}

}  // namespace interneg::commands
