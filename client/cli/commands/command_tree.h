// The command table as plain data, for what is generated from it.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_COMMAND_TREE_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_COMMAND_TREE_H_

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace interneg::commands {

struct OptionEntry {
  std::string name;        // "--project" or, of a positional, "job"
  std::string short_name;  // "-f", or empty
  std::string value;       // "NAME"; empty for a flag
  std::string description;
  std::string group;
  enum class Kind { kOption, kPositional } kind = Kind::kOption;
};

struct CommandEntry {
  std::string path;  // "job list"; empty for the program itself
  std::string name;
  std::string description;
  std::string footer;  // of a command: which of the global options it heeds
  std::vector<OptionEntry> options;
  std::vector<CommandEntry> commands;
};

CommandEntry DescribeCommands(const CLI::App& root);

// A completion script for the shell.
std::string BashCompletion(const CommandEntry& root);
std::string ZshCompletion(const CommandEntry& root);
std::string FishCompletion(const CommandEntry& root);

// docs/cli.md, and the man page interneg(1).
std::string MarkdownReference(const CommandEntry& root);
std::string ManPage(const CommandEntry& root);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_COMMAND_TREE_H_
