#include <algorithm>

#include <fmt/format.h>

#include "client/cli/commands/command_tree.h"

namespace interneg::commands {
namespace {

std::string SingleQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string OptionWords(const CommandEntry& command) {
  std::string words;
  for (const OptionEntry& option : command.options) {
    if (option.kind == OptionEntry::Kind::kPositional) continue;
    for (const std::string& name : {option.name, option.short_name})
      if (!name.empty()) words += (words.empty() ? "" : " ") + name;
  }
  return words;
}

// Walks the tree, the program itself first.
template <class Visit>
void ForEach(const CommandEntry& command, Visit visit) {
  visit(command);
  for (const CommandEntry& child : command.commands) ForEach(child, visit);
}

// `job list` and so on as the alternatives of a shell's case.
std::string PathAlternatives(const CommandEntry& root) {
  std::string text;
  ForEach(root, [&](const CommandEntry& command) {
    if (!command.path.empty()) text += (text.empty() ? "" : "|") + ('"' + command.path + '"');
  });
  return text;
}

}  // namespace

std::string BashCompletion(const CommandEntry& root) {
  std::string cases;
  ForEach(root, [&](const CommandEntry& command) {
    std::string commands;
    for (const CommandEntry& child : command.commands) commands += child.name + ' ';
    cases +=
        fmt::format("    \"{}\") commands=\"{}\"; options=\"{}\" ;;\n", command.path, commands, OptionWords(command));
  });
  return fmt::format(
      R"(# bash completion for interneg; load it with: source <(interneg completion bash)
_interneg() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" path="" next commands="" options="" globals="{0}" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="${{path:+$path }}${{COMP_WORDS[i]}}"
    case "$next" in {1}) path="$next" ;; esac
  done
  case "$path" in
{2}  esac
  if [[ "$current" == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options $globals" -- "$current")
  elif [[ -n "$commands" ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}}
complete -F _interneg interneg
)",
      OptionWords(root), PathAlternatives(root), cases);
}

std::string ZshCompletion(const CommandEntry& root) {
  std::string cases;
  ForEach(root, [&](const CommandEntry& command) {
    std::string commands;
    for (const CommandEntry& child : command.commands) {
      std::string name_and_text = child.name + ':' + child.description;
      commands += ' ' + SingleQuoted(name_and_text);
    }
    cases += fmt::format("    \"{}\") commands=({}); options=({}) ;;\n", command.path, commands, OptionWords(command));
  });
  return fmt::format(
      R"(#compdef interneg
# zsh completion for interneg; put it as _interneg into a folder of $fpath
_interneg() {{
  local path_so_far="" next i
  local -a commands options globals
  globals=({0})
  for ((i = 2; i < CURRENT; i++)); do
    next="${{path_so_far:+$path_so_far }}${{words[i]}}"
    case "$next" in ({1}) path_so_far="$next" ;; esac
  done
  case "$path_so_far" in
{2}  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    compadd -- $options $globals
  elif (( ${{#commands}} )); then
    _describe command commands
  else
    _files
  fi
}}
# Autoloaded from $fpath, the file itself is the function; sourced, it only defines it.
if [[ "${{funcstack[1]}}" == "_interneg" ]]; then
  _interneg "$@"
else
  compdef _interneg interneg
fi
)",
      OptionWords(root), PathAlternatives(root), cases);
}

std::string FishCompletion(const CommandEntry& root) {
  std::string text = fmt::format(
      R"(# fish completion for interneg; put it into ~/.config/fish/completions/interneg.fish
function __interneg_path
    set -l path ""
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$path $word")
        if contains -- "$next" {}
            set path $next
        end
    end
    echo $path
end
function __interneg_at
    test (__interneg_path) = "$argv[1]"
end
complete -c interneg -f
)",
      [&] {
        std::string paths = PathAlternatives(root);
        std::replace(paths.begin(), paths.end(), '|', ' ');
        return paths;
      }());
  ForEach(root, [&](const CommandEntry& command) {
    const std::string condition =
        command.path.empty() ? std::string() : fmt::format(" -n '__interneg_at \"{}\"'", command.path);
    const std::string at_root = command.path.empty() ? " -n '__interneg_at \"\"'" : condition;
    for (const CommandEntry& child : command.commands)
      text += fmt::format("complete -c interneg{} -a {} -d {}\n", at_root, child.name, SingleQuoted(child.description));
    for (const OptionEntry& option : command.options) {
      if (option.kind == OptionEntry::Kind::kPositional) continue;
      text += fmt::format("complete -c interneg{}", condition);
      if (!option.name.empty()) text += " -l " + option.name.substr(2);
      if (!option.short_name.empty()) text += " -s " + option.short_name.substr(1);
      if (!option.value.empty()) text += " -r -F";
      text += " -d " + SingleQuoted(option.description) + '\n';
    }
  });
  return text;
}

}  // namespace interneg::commands
