#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/records.h"

namespace interneg::commands {
namespace {

struct CreateOptions {
  std::string name;
  std::string film;
  std::string request_id;
};

absl::StatusOr<ExitCode> Create(Context& context, const CreateOptions& options) {
  const auto request_id = RequestId(context, options.request_id);
  if (!request_id.ok()) return request_id.status();
  v1::CreateProjectRequest request;
  request.set_request_id(*request_id);
  request.set_name(options.name);
  request.set_film_title(options.film);
  return PrintAnswer(context, &v1::ProjectService::Stub::CreateProject, request, &v1::CreateProjectResponse::project,
                     ListProjects);
}

absl::StatusOr<ExitCode> List(Context& context) {
  return PrintList(context, &v1::ProjectService::Stub::ListProjects, v1::ListProjectsRequest(),
                   &v1::ListProjectsResponse::mutable_projects, ListProjects);
}

absl::StatusOr<ExitCode> Get(Context& context, const std::string& name) {
  v1::GetProjectRequest request;
  request.set_project_id(name);
  return PrintAnswer(context, &v1::ProjectService::Stub::GetProject, request, &v1::GetProjectResponse::project,
                     ListProjects);
}

}  // namespace

void AddProjectCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("project", "Projects: one a film");

  const auto create = std::make_shared<CreateOptions>();
  CLI::App& create_verb =
      table.Verb(noun, "create", "Make a project", [create](Context& context) { return Create(context, *create); },
                 {.dry_run = true});
  create_verb.add_option("name", create->name, "1-63 of a-z, 0-9, '-' and '_', a letter first")->required();
  create_verb.add_option("--film", create->film, "The film's title")->type_name("TITLE");
  create_verb.add_option("--request-id", create->request_id, "UUID that makes a repeated call harmless")
      ->type_name("UUID");

  table.Verb(noun, "list", "List the projects that you may see", List);

  const auto name = std::make_shared<std::string>();
  table.Verb(noun, "get", "Show a project", [name](Context& context) { return Get(context, *name); })
      .add_option("project", *name, "Name or id")
      ->required();
}

}  // namespace interneg::commands
