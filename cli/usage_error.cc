// SPDX-License-Identifier: Apache-2.0
#include "cli/usage_error.h"

#include <fmt/core.h>

#include <vector>

#include "cli/nearest_name.h"

namespace gyre::cli {
namespace {

// A command line as far as it can be followed: the innermost command, and the first word that nothing knows.
struct Followed {
  const CommandTree* command;
  std::string unknown_command = {};
  std::string unknown_option = {};
};

bool is_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && !(word[1] >= '0' && word[1] <= '9');
}

Followed follow(const CommandTree& tree, std::span<const std::string> arguments) {
  Followed followed{&tree};
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    if (is_option(word)) {
      const std::size_t equals = word.find('=');
      const CommandOption* option = followed.command->option(word.substr(0, equals));
      if (option == nullptr) {
        followed.unknown_option = word.substr(0, equals);
        return followed;
      }
      if (!option->value.empty() && equals == std::string::npos) ++i;  // the next word is its value
    } else if (!followed.command->commands.empty()) {
      const CommandTree* command = followed.command->command(word);
      if (command == nullptr) {
        followed.unknown_command = word;
        return followed;
      }
      followed.command = command;
    }
  }
  return followed;
}

std::string no_such(const char* kind, const std::string& word, const std::string& nearest) {
  return fmt::format("no {} '{}'.{}", kind, word,
                     nearest.empty() ? "" : fmt::format(" Did you mean '{}'?", nearest));
}

// The command that was meant may also be below another one: `gyre cut` is `gyre link cut`.
std::string no_such_command(const CommandTree& tree, const Followed& followed) {
  std::vector<std::string> names;
  for (const CommandTree& command : followed.command->commands) names.emplace_back(command.last_word());
  std::string nearest = nearest_name(followed.unknown_command, names);
  for (const CommandTree* command : all_commands(tree)) {
    if (nearest.empty() && command->last_word() == followed.unknown_command) nearest = command->name;
  }
  return no_such("command", followed.unknown_command, nearest);
}

std::string no_such_option(const Followed& followed) {
  std::vector<std::string> names;
  for (const CommandOption& option : followed.command->options) {
    if (!option.positional()) names.push_back(option.name);
  }
  return no_such("option", followed.unknown_option, nearest_name(followed.unknown_option, names));
}

std::string a_command_is_missing(const CommandTree& tree) {
  std::string text = "a command is missing. There are";
  for (const CommandTree& command : tree.commands) {
    text += fmt::format("\n  {:<12} {}", command.last_word(), command.help);
  }
  return text;
}

}  // namespace

std::string usage_error(const CommandTree& tree, std::span<const std::string> arguments,
                        std::string_view reason) {
  const Followed followed = follow(tree, arguments);
  std::string what(reason);
  if (!followed.unknown_command.empty()) {
    what = no_such_command(tree, followed);
  } else if (!followed.unknown_option.empty()) {
    what = no_such_option(followed);
  } else if (!followed.command->commands.empty()) {
    what = a_command_is_missing(*followed.command);
  }
  return fmt::format("{}: {}\n'{} --help' has more.\n", followed.command->name, what, followed.command->name);
}

}  // namespace gyre::cli
