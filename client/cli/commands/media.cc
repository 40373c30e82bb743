#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/records.h"
#include "client/cli/commands/version.h"

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
  v1::Element element;
};

absl::StatusOr<ExitCode> Add(Context& context, const AddOptions& options) {
  const auto request_id = RequestId(context, options.request_id);
  if (!request_id.ok()) return request_id.status();
  const auto sequence = ParseSequence({"path", options.path, "--range", options.range, options.space},
                                      context.environment().working_folder);
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

absl::StatusOr<v1::Media> Fetch(cli::Connection& connection, const std::string& id) {
  v1::GetMediaRequest request;
  request.set_media_id(id);
  const auto found = connection.Call(&v1::MediaService::Stub::GetMedia, request);
  if (!found.ok()) return found.status();
  return found->media();
}

absl::StatusOr<ExitCode> Get(Context& context, const std::string& id) {
  v1::GetMediaRequest request;
  request.set_media_id(id);
  return PrintAnswer(context, &v1::MediaService::Stub::GetMedia, request, &v1::GetMediaResponse::media, ListMedia);
}

struct CheckOptions {
  std::vector<std::string> media;
  ColorOptions color;
  SubmitOptions submit;
};

// A probe job is the check: the answer is its outcome, so this always waits.
absl::StatusOr<ExitCode> Check(Context& context, const CheckOptions& options) {
  const auto request_id = RequestId(context, options.submit.request_id);
  if (!request_id.ok()) return request_id.status();
  const auto color = ToColorSettings(options.color, context.environment().working_folder);
  if (!color.ok()) return color.status();
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  v1::SubmitJobRequest request;
  request.set_request_id(*request_id);
  request.set_priority(options.submit.priority);
  request.set_pool(options.submit.pool);
  request.mutable_spec()->set_schema(kJobSchema);
  v1::ProbeJob& probe = *request.mutable_spec()->mutable_probe();
  *probe.mutable_color() = *color;
  for (const std::string& id : options.media) {
    const auto media = Fetch(**connection, id);
    if (!media.ok()) return media.status();
    if (!request.project_id().empty() && request.project_id() != media->project_id())
      return absl::InvalidArgumentError("media: the two belong to different projects; a check compares media of one");
    request.set_project_id(media->project_id());
    request.set_shot(media->shot());
    *probe.add_media() = media->frames();
  }
  context.options().wait = !context.options().dry_run;
  return SubmitAndMaybeWait(context, std::move(request));
}

void AddAdd(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<AddOptions>();
  CLI::App& verb = table.Verb(noun, "add", "Register a sequence of frames; they stay where they are",
                              [options](Context& context) { return Add(context, *options); }, {.dry_run = true});
  verb.add_option("path", options->path, "Frames, as scan/f.%04d.exr, tape.mov or root:path")->required();
  verb.add_option("--project", options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
  verb.add_option("--range", options->range, "Frames: 1001-1049, 1,5,9, 1-100x5; of a movie 1-N")
      ->type_name("RANGE")
      ->required();
  verb.add_option("--name", options->name, "Name in the project (from the path)")->type_name("NAME");
  verb.add_option("--shot", options->shot, "Shot")->type_name("NAME");
  verb.add_option("--space", options->space, "Colour space (from the format)")->type_name("NAME");
  verb.add_option("--request-id", options->request_id, "UUID that makes a repeated call harmless")->type_name("UUID");
  const char* group = "Element";
  v1::Element& element = options->element;
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

  const auto options = std::make_shared<CheckOptions>();
  CLI::App& check =
      table.Verb(noun, "check", "Have a worker read every frame; of two media also compare them",
                 [options](Context& context) { return Check(context, *options); }, {.dry_run = true, .wait = true});
  check.add_option("media", options->media, "One id, or the source's and its reference's")->required()->expected(1, 2);
  AddColorOptions(check, options->color);
  AddSubmitOptions(check, options->submit);
}

}  // namespace interneg::commands
