#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/dataset_lookup.h"
#include "client/cli/commands/document_text.h"

namespace interneg::commands {
namespace {

struct DiffOptions {
  std::string before;
  std::string after;
  std::string project;
};

absl::StatusOr<ExitCode> Diff(Context& context, const DiffOptions& options) {
  const auto before = FindDataset(context, "before", options.before, options.project, DatasetWanted::kAny);
  if (!before.ok()) return before.status();
  const auto after = FindDataset(context, "after", options.after, options.project, DatasetWanted::kAny);
  if (!after.ok()) return after.status();
  const auto changes = DiffOf(before->content(), after->content());
  DocumentText text{
      fmt::format("{} to {}: {}", NameOf(*before), NameOf(*after),
                  changes.empty() ? std::string("the same content") : fmt::format("{} differ", changes.size())),
      {{{"CHANGE"}, {"WHAT"}, {"BEFORE", cli::Shown::kBelow}, {"AFTER", cli::Shown::kBelow}}, {}},
      {}};
  cli::Json document = {{"before", NameOf(*before)}, {"after", NameOf(*after)}, {"changes", cli::Json::array()}};
  for (const DatasetChange& change : changes) {
    text.table.rows.push_back({{change.what, change.thing, change.before, change.after}, change.thing, {}});
    document["changes"].push_back(
        {{"change", change.what}, {"what", change.thing}, {"before", change.before}, {"after", change.after}});
  }
  PrintDocument(context, text, document, NameOf(*after));
  return ExitCode::kOk;
}

}  // namespace

void AddDatasetDiff(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<DiffOptions>();
  CLI::App& diff = table.Verb(noun, "diff", "Show what one version or draft has otherwise than another",
                              [options](Context& context) { return Diff(context, *options); });
  diff.add_option("before", options->before, "NAME@VERSION, NAME@draft or an id")->required();
  diff.add_option("after", options->after, "The other one")->required();
  diff.add_option("--project", options->project, "Project [INTERNEG_PROJECT]")->type_name("NAME");
}

}  // namespace interneg::commands
