#include <fstream>
#include <istream>
#include <iterator>
#include <memory>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/version.h"

namespace interneg::commands {
namespace {

struct DocumentOptions {
  std::string spec;
  std::string project;
  std::string shot;
  std::vector<std::string> after;
  SubmitOptions submit;
};

absl::StatusOr<v1::JobSpec> ReadSpec(const Context& context, const std::string& name) {
  std::string text;
  if (name == "-") {
    text.assign(std::istreambuf_iterator<char>(*context.environment().in), {});
  } else {
    std::ifstream file(context.environment().working_folder / name);
    if (!file) return absl::InvalidArgumentError(fmt::format("--spec: {} cannot be read", name));
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  v1::JobSpec spec;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, &spec);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("--spec: {} is no job document: {}; `interneg job get JOB -o json` and a --dry-run of the others "
                    "show one under `spec`",
                    name == "-" ? "stdin" : name, std::string(parsed.message())));
  }
  if (spec.schema() == 0) spec.set_schema(kWrittenSchema);
  return spec;
}

absl::StatusOr<ExitCode> Submit(Context& context, const DocumentOptions& options) {
  const auto request_id = RequestId(context, options.submit.request_id);
  if (!request_id.ok()) return request_id.status();
  auto spec = ReadSpec(context, options.spec);
  if (!spec.ok()) return spec.status();
  const auto project = context.ProjectId(options.project);
  if (!project.ok()) return project.status();
  v1::SubmitJobRequest request;
  request.set_request_id(*request_id);
  request.set_project_id(*project);
  request.set_shot(options.shot);
  request.set_priority(options.submit.priority);
  request.set_pool(options.submit.pool);
  for (const std::string& id : options.after) request.add_dependencies()->set_job_id(id);
  *request.mutable_spec() = std::move(*spec);
  return SubmitAndMaybeWait(context, std::move(request));
}

}  // namespace

void AddJobSubmit(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<DocumentOptions>();
  CLI::App& verb =
      table.Verb(noun, "submit", "Submit a job document as it is",
                 [options](Context& context) { return Submit(context, *options); }, {.dry_run = true, .wait = true});
  verb.add_option("--spec", options->spec, "The JobSpec as JSON; - for stdin")->type_name("FILE")->required();
  verb.add_option("--project", options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
  verb.add_option("--shot", options->shot, "Shot")->type_name("NAME");
  verb.add_option("--after", options->after, "Job that must succeed first; may be repeated")
      ->type_name("JOB")
      ->expected(1)
      ->take_all();
  AddSubmitOptions(verb, options->submit);
}

}  // namespace interneg::commands
