#include <map>

#include <fmt/format.h>

#include "client/cli/commands/command_tree.h"

namespace interneg::commands {
namespace {

std::string Positionals(const CommandEntry& command) {
  std::string text;
  for (const OptionEntry& option : command.options)
    if (option.kind == OptionEntry::Kind::kPositional) text += ' ' + option.name;
  return text;
}

std::string Spelling(const OptionEntry& option) {
  std::string text = option.short_name.empty() || option.name.empty() ? option.short_name : option.short_name + ", ";
  text += option.name;
  return option.value.empty() ? text : text + ' ' + option.value;
}

bool IsHelp(const OptionEntry& option) {
  return option.name == "--help";
}

void WriteOptions(const CommandEntry& command, std::string& out) {
  std::string rows;
  for (const OptionEntry& option : command.options) {
    if (IsHelp(option)) continue;
    rows +=
        fmt::format("| `{}` | {} |\n", option.kind == OptionEntry::Kind::kPositional ? option.name : Spelling(option),
                    option.description);
  }
  if (!rows.empty()) out += "| | |\n|---|---|\n" + rows + '\n';
}

// What the command does and which of the global options it heeds, without the last full stop.
std::string Sentences(const CommandEntry& command) {
  if (command.footer.empty()) return command.description;
  return command.description + ". " + command.footer.substr(0, command.footer.rfind('.'));
}

void WriteCommand(const CommandEntry& command, std::string& out) {
  if (!command.commands.empty()) {
    out += fmt::format("## interneg {}\n\n{}.\n\n", command.path, command.description);
    for (const CommandEntry& child : command.commands) WriteCommand(child, out);
    return;
  }
  const bool top = command.path.find(' ') == std::string::npos;
  out += fmt::format("{} interneg {}{}\n\n{}.\n\n", top ? "##" : "###", command.path, Positionals(command),
                     Sentences(command));
  WriteOptions(command, out);
}

// roff takes a backslash and a leading dot for its own.
std::string Roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += '\\';
    if (c == '-') out += '\\';
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    out += c;
  }
  return out;
}

void WriteManCommand(const CommandEntry& command, std::string& out) {
  if (command.commands.empty()) {
    out += fmt::format(".SS \"interneg {}{}\"\n{}.\n", Roff(command.path), Roff(Positionals(command)),
                       Roff(Sentences(command)));
    for (const OptionEntry& option : command.options) {
      if (IsHelp(option)) continue;
      out += fmt::format(".TP\n.B {}\n{}\n",
                         Roff(option.kind == OptionEntry::Kind::kPositional ? option.name : Spelling(option)),
                         Roff(option.description));
    }
  }
  for (const CommandEntry& child : command.commands) WriteManCommand(child, out);
}

}  // namespace

std::string MarkdownReference(const CommandEntry& root) {
  std::string out =
      "# The command line\n\n"
      "Written by `interneg reference markdown` from the command table; a test compares the two.\n\n"
      "Data goes to stdout, progress and notes to stderr. In a pipe there is no colour, no heading and no truncation, "
      "cells are\n"
      "parted by tabs and dates are exact. Settings come from, first to last: the command line, `INTERNEG_*` "
      "variables,\n"
      "`.interneg.toml` in this folder or one above, `~/.config/interneg/config.toml`, `interneg login`,\n"
      "`/etc/interneg/config.toml`, the local stack. Keys of the files: `server`, `token`, `token_file`, `ca_file`, "
      "`project`,\n"
      "`output`, `retry_seconds`, `ocio_config`, `ocio_sha256`, `domain`, `working_space`. A token from a file goes "
      "only to the server that\n"
      "the same file names. The last four are what `--ocio-config` and its like say to commands that take those "
      "options, where no earlier\n"
      "job or version says it; a hash holds for a configuration of the same file, or of one further down this list.\n"
      "`ocio_config = \"builtin\"` is the built-in configuration again, where a file further down names another.\n\n"
      "Frame ranges: `1001-1049`, `1,5,9`, `1-100x5` (every fifth), `1-100y5` (the others), `1-100:3`. Frame numbers "
      "in names:\n"
      "`%04d`, `#` (four digits), `@` (one), `$F4`. A plain path stands for the root `local`, the file system as the "
      "local stack's worker sees it;\n"
      "on a farm write `root:path`. A movie (.mov, .mp4, .mxf, .mkv, .mpg, .vob ...) is one file; its frames count "
      "from 1.\n\n"
      "Exit status: 0 ok, 1 failure, 2 usage, 3 the job failed, 4 not allowed, 5 not found, 6 conflict, 7 unavailable, "
      "8 timeout,\n"
      "10 the job ended partial, 130 interrupted.\n\n"
      "## Global options\n\n";
  WriteOptions(root, out);
  for (const CommandEntry& command : root.commands) WriteCommand(command, out);
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

std::string ManPage(const CommandEntry& root) {
  std::string out = fmt::format(
      ".TH INTERNEG 1\n.SH NAME\ninterneg \\- {}\n.SH SYNOPSIS\n.B interneg\nNOUN VERB [OPTIONS]\n"
      ".SH GLOBAL OPTIONS\n",
      Roff(root.description));
  for (const OptionEntry& option : root.options)
    if (!IsHelp(option)) out += fmt::format(".TP\n.B {}\n{}\n", Roff(Spelling(option)), Roff(option.description));
  out += ".SH COMMANDS\n";
  WriteManCommand(root, out);
  out +=
      ".SH EXIT STATUS\n0 ok, 1 failure, 2 usage, 3 the job failed, 4 not allowed, 5 not found, 6 conflict, 7 "
      "unavailable,\n"
      "8 timeout, 10 the job ended partial, 130 interrupted.\n";
  return out;
}

}  // namespace interneg::commands
