// The one table of nouns and verbs, from which the command line is parsed and completion and reference are written.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_COMMAND_TABLE_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_COMMAND_TABLE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/context.h"

namespace CLI {
class App;
}

namespace interneg::commands {

using Action = std::function<absl::StatusOr<ExitCode>(Context&)>;

// The global options that change what a command does, and that not every command can follow.
struct Heeds {
  bool dry_run = false;
  bool wait = false;
  bool watch = false;
};

// What the command line asked for.
struct Choice {
  std::string command;  // "job list"
  Action action;
  Heeds heeds;
};

// Holds the parsed command line's choice.
class CommandTable {
 public:
  explicit CommandTable(GlobalOptions& globals);
  ~CommandTable();

  CLI::App& root() { return *root_; }
  // A group of verbs; one of them must be given.
  CLI::App& Noun(const std::string& name, const std::string& description);
  // A command that runs `action` when it is the one that was given, and refuses the options that it does not heed.
  CLI::App& Verb(CLI::App& parent, const std::string& name, const std::string& description, Action action,
                 Heeds heeds = {});

  const Choice& chosen() const { return chosen_; }

 private:
  std::unique_ptr<CLI::App> root_;
  Choice chosen_;
};

// One function a noun, each in its own file.
void AddAlignCommands(CommandTable& table);
void AddAlignCorrections(CommandTable& table, CLI::App& noun);
void AddArtifactCommands(CommandTable& table);
void AddBaselineCommands(CommandTable& table);
void AddCompletionCommands(CommandTable& table);
void AddDatasetChanges(CommandTable& table, CLI::App& noun);
void AddDatasetCommands(CommandTable& table);
void AddDatasetDiff(CommandTable& table, CLI::App& noun);
void AddDoctorCommand(CommandTable& table);
void AddJobCommands(CommandTable& table);
void AddJobSubmit(CommandTable& table, CLI::App& noun);
void AddLoginCommand(CommandTable& table);
void AddMatchCommands(CommandTable& table);
void AddMediaCommands(CommandTable& table);
void AddProjectCommands(CommandTable& table);
void AddRecoverCommands(CommandTable& table);
void AddRenderCommands(CommandTable& table);
void AddSuggestionCommands(CommandTable& table, CLI::App& noun);
void AddTokenCommands(CommandTable& table);
void AddTrainCommands(CommandTable& table);
void AddVersionCommand(CommandTable& table);
void AddWorkerCommands(CommandTable& table);

// Every noun.
void AddAllCommands(CommandTable& table);

// Parses `arguments` (without the program's name), runs the command and prints what went wrong. Returns the exit
// status.
ExitCode RunCommandLine(const std::vector<std::string>& arguments, const cli::Environment& environment,
                        cli::Interruption& interruption);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_COMMAND_TABLE_H_
