#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/command_tree.h"

namespace interneg::commands {
namespace {

// Prints a text made from the whole table.
void AddPrinter(CommandTable& table, CLI::App& noun, const char* name, const char* description,
                std::string (*write)(const CommandEntry&)) {
  table.Verb(noun, name, description, [&table, write](Context& context) -> absl::StatusOr<ExitCode> {
    context.out() << write(DescribeCommands(table.root()));
    return ExitCode::kOk;
  });
}

}  // namespace

void AddCompletionCommands(CommandTable& table) {
  CLI::App& completion = table.Noun("completion", "Completion scripts for shells");
  AddPrinter(table, completion, "bash", "For bash: source <(interneg completion bash)", BashCompletion);
  AddPrinter(table, completion, "zsh", "For zsh: a file _interneg in $fpath", ZshCompletion);
  AddPrinter(table, completion, "fish", "For fish: ~/.config/fish/completions/interneg.fish", FishCompletion);

  CLI::App& reference = table.Noun("reference", "The reference of every command");
  AddPrinter(table, reference, "markdown", "As docs/cli.md", MarkdownReference);
  AddPrinter(table, reference, "man", "As the page interneg(1)", ManPage);
}

}  // namespace interneg::commands
