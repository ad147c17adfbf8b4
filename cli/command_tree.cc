// SPDX-License-Identifier: Apache-2.0
#include "cli/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace gyre::cli {
namespace {

// CLI11 writes the checks of a value behind its type: "TEXT:{sync,async}", "INT:INT in [0 - 60000]".
void read_type(const std::string& type, CommandOption& option) {
  const std::size_t colon = type.find(':');
  option.value = type.substr(0, colon);
  if (colon == std::string::npos) return;
  const std::string check = type.substr(colon + 1);
  if (check.starts_with('{') && check.ends_with('}')) {
    option.choices = CLI::detail::split(check.substr(1, check.size() - 2), ',');
  } else if (const std::size_t range = check.find('['); range != std::string::npos) {
    option.range = check.substr(range);
  }
}

CommandOption describe(const CLI::Option& option) {
  CommandOption described;
  described.name = option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
  if (!option.get_lnames().empty() && !option.get_snames().empty()) {
    described.short_name = "-" + option.get_snames().front();
  }
  if (option.get_items_expected_max() != 0) read_type(option.get_type_name(), described);
  described.default_value = option.get_default_str();
  described.help = option.get_description();
  described.required = option.get_required();
  return described;
}

CommandTree describe(const CLI::App& app, const std::string& above) {
  CommandTree tree;
  tree.name = above + app.get_name();
  tree.help = app.get_description();
  tree.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    const bool hidden = option->get_group().empty();
    (hidden ? tree.hidden_options : tree.options).push_back(describe(*option));
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) tree.commands.push_back(describe(*command, tree.name + " "));
  }
  return tree;
}

}  // namespace

const CommandTree* CommandTree::command(std::string_view word) const {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const CommandTree& one) { return one.last_word() == word; });
  return found == commands.end() ? nullptr : &*found;
}

const CommandOption* CommandTree::option(std::string_view word) const {
  for (const auto* some : {&options, &hidden_options}) {
    for (const CommandOption& one : *some) {
      if (one.positional()) continue;
      if (one.name == word || (!one.short_name.empty() && one.short_name == word)) return &one;
    }
  }
  return nullptr;
}

CommandTree describe(const CLI::App& app) {
  return describe(app, "");
}

std::vector<const CommandTree*> all_commands(const CommandTree& tree) {
  std::vector<const CommandTree*> all = {&tree};
  for (const CommandTree& command : tree.commands) {
    const auto below = all_commands(command);
    all.insert(all.end(), below.begin(), below.end());
  }
  return all;
}

}  // namespace gyre::cli
