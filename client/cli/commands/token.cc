#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/records.h"
#include "client/cli/duration.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct CreateOptions {
  std::string principal;
  std::string role;
  std::string project;
  std::string expires_in;
  std::string request_id;
};

absl::StatusOr<v1::CreateTokenRequest> ToRequest(Context& context, const CreateOptions& options) {
  const auto request_id = RequestId(context, options.request_id);
  if (!request_id.ok()) return request_id.status();
  const auto role = cli::ParseWord<v1::Role>("--role", options.role);
  if (!role.ok()) return role.status();
  v1::CreateTokenRequest request;
  request.set_request_id(*request_id);
  request.set_principal(options.principal);
  request.set_role(*role);
  const bool of_a_project = *role == v1::ROLE_VIEWER || *role == v1::ROLE_ARTIST || *role == v1::ROLE_SUPERVISOR;
  if (of_a_project) {
    const auto project = context.ProjectId(options.project);
    if (!project.ok()) return project.status();
    request.set_project_id(*project);
  } else if (!options.project.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("--project: the role {} is the whole farm's; leave the option out", options.role));
  }
  if (!options.expires_in.empty()) {
    const auto seconds = cli::ParseDuration("--expires-in", options.expires_in);
    if (!seconds.ok()) return seconds.status();
    const auto now = std::chrono::system_clock::to_time_t(context.environment().wall_clock());
    request.mutable_expire_time()->set_seconds(now + static_cast<std::int64_t>(*seconds));
  }
  return request;
}

absl::StatusOr<ExitCode> Create(Context& context, const CreateOptions& options) {
  const auto request = ToRequest(context, options);
  if (!request.ok()) return request.status();
  if (context.options().dry_run) return context.ShowRequest(*request);
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto made = (*connection)->Call(&v1::TokenService::Stub::CreateToken, *request);
  if (!made.ok()) return made.status();
  cli::Listing listing = ListTokens(context, {made->token()});
  // Nothing else goes to stdout with a plain format, so that the secret can be sent straight to a file.
  switch (context.style().format) {
    case cli::Format::kTable:
    case cli::Format::kName:
      context.out() << made->secret() << '\n';
      context.Note(fmt::format("Token {} of {} ({}). The secret is shown this once; keep it in a file of mode 0600.",
                               made->token().token_id(), made->token().principal(), cli::Word(made->token().role())));
      return ExitCode::kOk;
    default:
      listing.columns.push_back({"SECRET"});
      listing.rows[0].cells.push_back(made->secret());
      listing.rows[0].document["secret"] = made->secret();
      cli::PrintRecord(listing, context.style(), context.out());
      return ExitCode::kOk;
  }
}

absl::StatusOr<ExitCode> List(Context& context) {
  return PrintList(context, &v1::TokenService::Stub::ListTokens, v1::ListTokensRequest(),
                   &v1::ListTokensResponse::mutable_tokens, ListTokens);
}

absl::StatusOr<ExitCode> Revoke(Context& context, const std::string& id) {
  v1::RevokeTokenRequest request;
  request.set_token_id(id);
  return PrintAnswer(context, &v1::TokenService::Stub::RevokeToken, request, &v1::RevokeTokenResponse::token,
                     ListTokens);
}

}  // namespace

void AddTokenCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("token", "Credentials");
  const auto options = std::make_shared<CreateOptions>();
  CLI::App& create = table.Verb(noun, "create", "Make a token and print its secret, once",
                                [options](Context& context) { return Create(context, *options); }, {.dry_run = true});
  create.add_option("principal", options->principal, "Whom the token speaks for")->required();
  create.add_option("--role", options->role, "viewer, artist, supervisor, admin or worker")
      ->type_name("ROLE")
      ->required();
  create.add_option("--project", options->project, "For viewer, artist and supervisor [INTERNEG_PROJECT]")
      ->type_name("NAME");
  create.add_option("--expires-in", options->expires_in, "How long it holds (90d)")->type_name("DURATION");
  create.add_option("--request-id", options->request_id, "UUID that makes a repeated call harmless")->type_name("UUID");

  table.Verb(noun, "list", "List the tokens, without their secrets", List);

  const auto id = std::make_shared<std::string>();
  table
      .Verb(noun, "revoke", "Make a token worthless", [id](Context& context) { return Revoke(context, *id); },
            {.dry_run = true})
      .add_option("token", *id, "Id")
      ->required();
}

}  // namespace interneg::commands
