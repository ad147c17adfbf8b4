// SPDX-License-Identifier: Apache-2.0
#include "cli/man_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "cli/exit_codes.h"
#include "core/base/join.h"

namespace gyre::cli {
namespace {

// Text that roff prints as it is.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    const bool line_begins = escaped.empty() || escaped.back() == '\n';
    if (line_begins && (letter == '.' || letter == '\'')) escaped += "\\&";
    if (letter == '\\') {
      escaped += "\\e";
    } else if (letter == '-') {
      escaped += "\\-";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

std::string upper(std::string_view text) {
  std::string big(text);
  for (char& letter : big) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return big;
}

// "gyre link cut [OPTIONS] FROM TO"
std::string synopsis(const CommandTree& command) {
  std::string line = fmt::format("\\fB{}\\fR", escape(command.name));
  bool options = false;
  std::string positionals;
  for (const CommandOption& option : command.options) {
    if (!option.positional()) {
      options = true;
    } else {
      const std::string name = fmt::format("\\fI{}\\fR", escape(upper(option.name)));
      positionals += option.required ? " " + name : " [" + name + "]";
    }
  }
  if (options) line += " [\\fIOPTIONS\\fR]";
  if (!command.commands.empty()) line += " \\fICOMMAND\\fR";
  return line + positionals;
}

std::string option_head(const CommandOption& option) {
  if (option.positional()) return fmt::format("\\fI{}\\fR", escape(upper(option.name)));
  std::string head = fmt::format("\\fB{}\\fR", escape(option.name));
  if (!option.short_name.empty()) head = fmt::format("\\fB{}\\fR, {}", escape(option.short_name), head);
  if (!option.value.empty()) head += fmt::format(" \\fI{}\\fR", escape(option.value));
  return head;
}

// Everything that there is to say of a value, as sentences.
std::string option_text(const CommandOption& option) {
  std::string text = option.help;
  if (!text.ends_with('.')) text += '.';
  if (!option.choices.empty()) text += fmt::format(" One of: {}.", join(option.choices, ", "));
  if (!option.range.empty()) text += fmt::format(" In {}.", option.range);
  if (!option.default_value.empty()) text += fmt::format(" Default: {}.", option.default_value);
  if (option.required && !option.positional()) text += " Must be given.";
  return escape(text);
}

// A footer as --help prints it: lines that are indented are shown as they are.
std::string footer_text(const std::string& footer) {
  std::string text;
  bool literal = false;
  for (std::size_t begin = 0; begin < footer.size();) {
    const std::size_t end = std::min(footer.find('\n', begin), footer.size());
    const std::string_view line = std::string_view(footer).substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with("  ") != literal) {
      literal = !literal;
      text += literal ? ".PP\n.nf\n" : ".fi\n";
      if (!literal) text += ".PP\n";
    } else if (!literal) {
      text += ".PP\n";
    }
    text += escape(line) + "\n";
  }
  return literal ? text + ".fi\n" : text;
}

std::string command_section(const CommandTree& command) {
  std::string text = fmt::format(".SS {}\n{}\n.PP\n{}\n", escape(command.name), synopsis(command),
                                 escape(command.help + "."));
  for (const CommandOption& option : command.options) {
    if (option.name == "--help") continue;  // each has it
    text += fmt::format(".TP\n{}\n{}\n", option_head(option), option_text(option));
  }
  return text + footer_text(command.footer);
}

std::string exit_status() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCode& code : exit_codes()) {
    text += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", code.code, escape(code.meaning));
  }
  return text;
}

}  // namespace

std::string man_page(const CommandTree& tree, const std::string& version, const std::string& date) {
  std::string text = fmt::format(".TH {} 1 \"{}\" \"{} {}\" \"User Commands\"\n", upper(tree.name), date,
                                 tree.name, version);
  const std::string help = tree.help.substr(tree.help.find(' ') + 1);  // without "Gyre:"
  text += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}\n", tree.name, escape(help), synopsis(tree));
  text +=
      ".SH DESCRIPTION\nEvery command takes \\fB\\-h\\fR and \\fB\\-\\-help\\fR, which print its options.\n";
  for (const CommandOption& option : tree.options) {
    text += fmt::format(".TP\n{}\n{}\n", option_head(option), option_text(option));
  }
  text += ".SH COMMANDS\n";
  for (const CommandTree* command : all_commands(tree)) {
    if (command != &tree) text += command_section(*command);
  }
  text += exit_status();
  text +=
      ".SH FILES\n.TP\n\\fI/usr/share/doc/gyre\\fR\nThe keys of a topology file, the limits, and examples.\n";
  return text;
}

}  // namespace gyre::cli
