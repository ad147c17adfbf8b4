// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.h"

#include <fmt/core.h>

#include <functional>
#include <utility>

#include "core/base/check.h"
#include "core/base/join.h"

namespace gyre::cli {
namespace {

enum class Values { kNone, kText, kChoices, kFiles, kDirectories };

Values values_of(const CommandOption& option) {
  if (!option.choices.empty()) return Values::kChoices;
  if (option.value.empty()) return Values::kNone;
  if (option.value == "FILE") return Values::kFiles;
  return option.value == "DIRECTORY" ? Values::kDirectories : Values::kText;
}

// 'text', for bash and zsh.
std::string quote(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      quoted += "'\\''";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

// Every command below the program, as the pattern of a `case`: 'gyre serve'|'gyre link'|'gyre link cut'
std::string command_pattern(const CommandTree& tree) {
  std::vector<std::string> names;
  for (const CommandTree* command : all_commands(tree)) {
    if (command != &tree) names.push_back(quote(command->name));
  }
  return join(names, "|");
}

// The branches of a `case` over "COMMAND --option" whose options take values: what `complete` says for each.
// A text is whatever users like, so nothing is offered.
std::string value_branches(const CommandTree& tree,
                           const std::function<std::string(const CommandOption&)>& complete) {
  std::string text;
  for (const CommandTree* command : all_commands(tree)) {
    for (const CommandOption& option : command->options) {
      if (option.positional() || option.value.empty()) continue;
      text += fmt::format("    ({}) {} return ;;\n", quote(command->name + " " + option.name),
                          values_of(option) == Values::kText ? "" : complete(option) + ";");
    }
  }
  return text;
}

// What `complete` says for the positional arguments of a command: files or choices.
std::string for_positionals(const CommandTree& command,
                            const std::function<std::string(const CommandOption&)>& complete) {
  std::string text;
  for (const CommandOption& option : command.options) {
    const Values values = values_of(option);
    if (option.positional() && values != Values::kText) text += complete(option);
  }
  return text;
}

std::string bash(const CommandTree& tree) {
  const auto complete = [](const CommandOption& option) -> std::string {
    if (values_of(option) == Values::kFiles) return "_gyre_names -f";
    if (values_of(option) == Values::kDirectories) return "_gyre_names -d";
    return fmt::format("_gyre_words {}", quote(join(option.choices, " ")));
  };
  std::string words;
  for (const CommandTree* command : all_commands(tree)) {
    std::string options;
    std::string commands;
    for (const CommandOption& option : command->options) {
      if (!option.positional()) options += (options.empty() ? "" : " ") + option.name;
    }
    for (const CommandTree& below : command->commands) {
      commands += fmt::format("{}{}", commands.empty() ? "" : " ", below.last_word());
    }
    std::string others = for_positionals(*command, complete);
    if (!commands.empty()) others = fmt::format("_gyre_words {}", quote(commands));
    words += fmt::format("    ({})\n      if [[ $word == -* ]]; then _gyre_words {}; else {}; fi ;;\n",
                         quote(command->name), quote(options), others.empty() ? ":" : others);
  }
  return fmt::format(R"(# Completion of gyre for bash, made by `gyre completion bash`.
_gyre_words() {{
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}}
_gyre_names() {{
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$word")
}}
_gyre() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=gyre i
  COMPREPLY=()
  # --option=value is three words here.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command ${{COMP_WORDS[i]}}" in
      ({})
        command+=" ${{COMP_WORDS[i]}}" ;;
    esac
  done
  case "$command $before" in
{}  esac
  case $command in
{}  esac
}}
complete -F _gyre gyre
)",
                     command_pattern(tree), value_branches(tree, complete), words);
}

// An entry of zsh's _describe: 'name:help'.
std::string zsh_entry(std::string_view name, const std::string& help) {
  return quote(fmt::format("{}:{}", name, help));
}

std::string zsh(const CommandTree& tree) {
  const auto complete = [](const CommandOption& option) -> std::string {
    if (values_of(option) == Values::kFiles) return "_files";
    if (values_of(option) == Values::kDirectories) return "_files -/";
    return "compadd -- " + join(option.choices, " ");
  };
  std::string words;
  for (const CommandTree* command : all_commands(tree)) {
    std::string options;
    std::string commands;
    for (const CommandOption& option : command->options) {
      if (!option.positional()) options += " " + zsh_entry(option.name, option.help);
    }
    for (const CommandTree& below : command->commands) {
      commands += " " + zsh_entry(below.last_word(), below.help);
    }
    std::string others = for_positionals(*command, complete);
    if (!commands.empty()) others = "_describe command commands";
    words += fmt::format(
        "    ({})\n      commands=({})\n      options=({})\n"
        "      if [[ $PREFIX == -* ]]; then _describe -o option options; else {}; fi ;;\n",
        quote(command->name), commands, options, others.empty() ? ":" : others);
  }
  return fmt::format(R"(#compdef gyre
# Completion of gyre for zsh, made by `gyre completion zsh`.
_gyre() {{
  local before=$words[CURRENT-1] command=gyre i
  local -a commands options
  if [[ $PREFIX == --*=* ]]; then
    before=${{PREFIX%%=*}}
    compset -P '*='
  fi
  for ((i = 2; i < CURRENT; i++)); do
    case "$command $words[i]" in
      ({})
        command+=" $words[i]" ;;
    esac
  done
  case "$command $before" in
{}  esac
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = _gyre ]; then _gyre "$@"; else compdef _gyre gyre; fi
)",
                     command_pattern(tree), value_branches(tree, complete), words);
}

std::string fish_quote(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') quoted += '\\';
    quoted += letter;
  }
  return quoted + "'";
}

std::string fish(const CommandTree& tree) {
  std::vector<std::string> names;
  std::string lines;
  for (const CommandTree* command : all_commands(tree)) {
    names.push_back(fish_quote(command->name));
    const std::string at = fmt::format("complete -c gyre -n {}", fish_quote("__gyre_at " + command->name));
    for (const CommandTree& below : command->commands) {
      lines += fmt::format("{} -a {} -d {}\n", at, below.last_word(), fish_quote(below.help));
    }
    for (const CommandOption& option : command->options) {
      std::string what;
      if (values_of(option) == Values::kFiles) what = " -F";  // also files; else none, as said for all below
      if (values_of(option) == Values::kDirectories) what = " -a '(__fish_complete_directories)'";
      if (values_of(option) == Values::kChoices) what = " -a " + fish_quote(join(option.choices, " "));
      if (option.positional()) {
        if (!what.empty()) lines += at + what + "\n";
        continue;
      }
      if (!option.short_name.empty()) what += " -s " + option.short_name.substr(1);
      if (!option.value.empty()) what += values_of(option) == Values::kFiles ? " -r" : " -x";
      lines += fmt::format("{} -l {}{} -d {}\n", at, option.name.substr(2), what, fish_quote(option.help));
    }
  }
  return fmt::format(R"(# Completion of gyre for fish, made by `gyre completion fish`.
set -g __gyre_commands {}
function __gyre_at --description 'Whether this is the command that is being written'
    set -l command gyre
    for word in (commandline -opc)[2..-1]
        contains -- "$command $word" $__gyre_commands; and set command "$command $word"
    end
    test "$command" = "$argv"
end
complete -c gyre -f
{})",
                     join(names, " "), lines);
}

using Script = std::string (*)(const CommandTree&);
constexpr std::pair<const char*, Script> kShells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

}  // namespace

std::vector<std::string> completion_shells() {
  std::vector<std::string> names;
  for (const auto& [name, script] : kShells) names.emplace_back(name);
  return names;
}

std::string completion(const CommandTree& tree, std::string_view shell) {
  for (const auto& [name, script] : kShells) {
    if (shell == name) return script(tree);
  }
  fatal("no such shell");
}

}  // namespace gyre::cli
