#include "client/cli/commands/command_table.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/version.h"

namespace interneg::commands {
namespace {

void AddGlobalOptions(CLI::App& app, GlobalOptions& globals) {
  const char* group = "Global options";
  app.add_option("-o,--as", globals.settings.output, "How to print: table, wide, json, jsonl, yaml or name")
      ->type_name("FORMAT")
      ->group(group);
  app.add_option("--server", globals.settings.server, "Server's address, host:port [INTERNEG_SERVER]")
      ->type_name("ADDRESS")
      ->group(group);
  app.add_option("--token-file", globals.settings.token_file, "File that holds the token [INTERNEG_TOKEN_FILE]")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--ca-file", globals.settings.ca_file, "Certificates to trust, PEM [INTERNEG_CA_FILE]")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--limit", globals.limit, "Most records to list; 0: all (100 on a terminal, all in a pipe)")
      ->type_name("COUNT")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_flag("-q,--quiet", globals.quiet, "No progress and no notes on stderr")->group(group);
  app.add_flag("-v,--verbose", globals.verbose, "More notes on stderr")->group(group);
  app.add_flag("-w,--watch", globals.watch, "Go on showing changes")->group(group);
  app.add_flag("--wait", globals.wait, "Wait until the submitted job has ended")->group(group);
  app.add_flag("--no-input", globals.no_input, "Never ask")->group(group);
  app.add_flag("--dry-run", globals.dry_run, "Print as JSON what would be sent, and send nothing")->group(group);
  app.add_flag("--parsable", globals.parsable, "Print ids alone")->group(group);
}

// CLI11's own words for a mistake, with the command whose help tells more.
ExitCode ReportUsage(const CLI::App& root, const CLI::ParseError& error, std::ostream& out) {
  const CLI::App* deepest = &root;
  std::string command = root.get_name();
  while (!deepest->get_subcommands().empty()) {
    deepest = deepest->get_subcommands().front();
    command += ' ' + deepest->get_name();
  }
  out << fmt::format("interneg: {}\nSee `{} --help`.\n", error.what(), command);
  return ExitCode::kUsage;
}

std::string HeedsText(const Heeds& heeds) {
  std::vector<std::string> names;
  if (heeds.dry_run) names.emplace_back("--dry-run");
  if (heeds.wait) names.emplace_back("--wait");
  if (heeds.watch) names.emplace_back("--watch");
  return names.empty() ? std::string() : fmt::format("Heeds {}.", fmt::join(names, ", "));
}

// An option that would be passed over in silence is worst where it promises that nothing changes.
absl::Status CheckHeeded(const Choice& choice, const GlobalOptions& options) {
  const auto refuse = [&](const char* option, const char* does) {
    return absl::InvalidArgumentError(
        fmt::format("{}: `interneg {}` {}; leave the option out", option, choice.command, does));
  };
  if (options.dry_run && !choice.heeds.dry_run) return refuse("--dry-run", "has no dry run");
  if (options.wait && !choice.heeds.wait) return refuse("--wait", "has nothing to wait for");
  if (options.watch && !choice.heeds.watch) return refuse("--watch", "shows no changes");
  return absl::OkStatus();
}

ExitCode Report(const absl::Status& status, std::ostream& out) {
  const ExitCode code = cli::ExitCodeOf(status);
  if (code != ExitCode::kOk && !status.message().empty())
    out << fmt::format("interneg: {}\n", std::string(status.message())) << std::flush;
  return code;
}

}  // namespace

CommandTable::CommandTable(GlobalOptions& globals)
    : root_(std::make_unique<CLI::App>("Recovers colour and detail of film: jobs, workers and results of Interneg.",
                                       "interneg")) {
  root_->require_subcommand(1);
  root_->set_version_flag("--version", ClientVersion(), "Print the client's version and end");
  AddGlobalOptions(*root_, globals);
  root_->footer(
      "Exit status: 0 ok, 1 failure, 2 usage, 3 the job failed, 4 not allowed, 5 not found, 6 conflict, "
      "7 unavailable, 8 timeout, 10 the job ended partial, 130 interrupted.");
}

CommandTable::~CommandTable() = default;

CLI::App& CommandTable::Noun(const std::string& name, const std::string& description) {
  CLI::App& noun = *root_->add_subcommand(name, description);
  noun.require_subcommand(1);
  noun.fallthrough();
  return noun;
}

CLI::App& CommandTable::Verb(CLI::App& parent, const std::string& name, const std::string& description, Action action,
                             Heeds heeds) {
  CLI::App& verb = *parent.add_subcommand(name, description);
  // Global options may follow the verb.
  verb.fallthrough();
  verb.footer(HeedsText(heeds));
  const std::string command = &parent == root_.get() ? name : parent.get_name() + ' ' + name;
  verb.callback([this, choice = Choice{command, std::move(action), heeds}] { chosen_ = choice; });
  return verb;
}

void AddAllCommands(CommandTable& table) {
  AddRecoverCommands(table);
  AddProjectCommands(table);
  AddMediaCommands(table);
  AddMatchCommands(table);
  AddDatasetCommands(table);
  AddAlignCommands(table);
  AddBaselineCommands(table);
  AddTrainCommands(table);
  AddRenderCommands(table);
  AddJobCommands(table);
  AddArtifactCommands(table);
  AddWorkerCommands(table);
  AddTokenCommands(table);
  AddLoginCommand(table);
  AddDoctorCommand(table);
  AddCompletionCommands(table);
  AddVersionCommand(table);
}

ExitCode RunCommandLine(const std::vector<std::string>& arguments, const cli::Environment& environment,
                        cli::Interruption& interruption) {
  Context context(environment, interruption);
  CommandTable table(context.options());
  AddAllCommands(table);
  // What could not be printed did not succeed.
  const auto printed = [&](ExitCode code) {
    const absl::Status flushed = context.Flush();
    return flushed.ok() ? code : Report(flushed, context.error());
  };
  try {
    // CLI11 takes them from the back.
    table.root().parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    context.out() << table.root().help();
    return printed(ExitCode::kOk);
  } catch (const CLI::CallForVersion&) {
    context.out() << fmt::format("interneg {}\n", ClientVersion());
    return printed(ExitCode::kOk);
  } catch (const CLI::CallForAllHelp&) {
    context.out() << table.root().help("", CLI::AppFormatMode::All);
    return printed(ExitCode::kOk);
  } catch (const CLI::ParseError& error) {
    return ReportUsage(table.root(), error, context.error());
  }
  if (const absl::Status status = context.Prepare(); !status.ok()) return Report(status, context.error());
  if (const absl::Status status = CheckHeeded(table.chosen(), context.options()); !status.ok())
    return Report(status, context.error());
  const auto outcome = table.chosen().action(context);
  return outcome.ok() ? printed(*outcome) : Report(outcome.status(), context.error());
}

}  // namespace interneg::commands
