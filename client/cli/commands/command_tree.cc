#include "client/cli/commands/command_tree.h"

#include <CLI/CLI.hpp>

namespace interneg::commands {
namespace {

OptionEntry Describe(const CLI::Option& option) {
  OptionEntry entry;
  entry.description = option.get_description();
  entry.group = option.get_group();
  if (option.get_positional()) {
    entry.kind = OptionEntry::Kind::kPositional;
    entry.name = option.get_name(true);
  } else if (!option.get_lnames().empty()) {
    entry.name = "--" + option.get_lnames().front();
  }
  if (!option.get_snames().empty()) entry.short_name = "-" + option.get_snames().front();
  if (option.get_items_expected_max() > 0 && entry.kind == OptionEntry::Kind::kOption)
    entry.value = option.get_type_name().empty() ? "VALUE" : option.get_type_name();
  return entry;
}

CommandEntry Describe(const CLI::App& app, const std::string& path) {
  CommandEntry entry;
  entry.path = path;
  entry.name = app.get_name();
  entry.description = app.get_description();
  entry.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
    entry.options.push_back(Describe(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    entry.commands.push_back(Describe(*command, path.empty() ? command->get_name() : path + ' ' + command->get_name()));
  return entry;
}

}  // namespace

CommandEntry DescribeCommands(const CLI::App& root) {
  return Describe(root, "");
}

}  // namespace interneg::commands
