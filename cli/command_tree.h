// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace gyre::cli {

/// One option or positional argument of a command.
struct CommandOption {
  std::string name = {};                  ///< "--data"; of a positional "topology"
  std::string short_name = {};            ///< "-h", or empty
  std::string value = {};                 ///< what it takes: "FILE", "DIRECTORY", "TEXT"; empty: a flag
  std::vector<std::string> choices = {};  ///< the only values that it takes; empty: any
  std::string range = {};                 ///< "[0 - 60000]", or empty
  std::string default_value = {};
  std::string help = {};
  bool required = false;

  bool positional() const { return !name.starts_with('-'); }
};

/// A command and all below it, as --help knows them. Man page, completion and suggestions are made from this,
/// so that they cannot name what the program does not take, nor miss what it does.
struct CommandTree {
  std::string name = {};  ///< with those above it: "gyre link cut"
  std::string help = {};
  std::string footer = {};
  std::vector<CommandOption> options = {};
  std::vector<CommandOption> hidden_options = {};  ///< taken, and shown nowhere
  std::vector<CommandTree> commands = {};

  std::string_view last_word() const { return std::string_view(name).substr(name.rfind(' ') + 1); }
  /// The command below this one that `word` names, or nullptr.
  const CommandTree* command(std::string_view word) const;
  /// The option, hidden ones too, that `word` ("--data", "-h") names, or nullptr.
  const CommandOption* option(std::string_view word) const;
};

CommandTree describe(const CLI::App& app);

/// The tree's commands, itself first, each before those below it.
std::vector<const CommandTree*> all_commands(const CommandTree& tree);

}  // namespace gyre::cli
