// SPDX-License-Identifier: Apache-2.0
#include "cli/manual.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <vector>

#include "cli/command_tree.h"
#include "cli/commit.h"
#include "cli/completion.h"
#include "cli/exit_codes.h"
#include "cli/libraries/library_versions.h"
#include "cli/man_page.h"
#include "cli/usage_error.h"

namespace gyre::cli {
namespace {

#ifdef __clang__
constexpr const char* kCompiler = "clang++ " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

// `gyre help link cut`: the help of the command that the words name.
int print_help(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* command = &app;
  std::string name = app.get_name();
  for (const std::string& word : words) {
    const auto below = command->get_subcommands([&](const CLI::App* one) { return one->get_name() == word; });
    if (below.empty()) {
      fmt::print(stderr, "{}", usage_error(describe(app), words, "there is no such command"));
      return kExitError;
    }
    command = below.front();
    name += " " + word;
  }
  fmt::print("{}", app.get_formatter()->make_help(command, name, CLI::AppFormatMode::Normal));
  return kExitDone;
}

void add_help(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("help", "Print the help of a command");
  command->footer("Example:\n  gyre help link cut");
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("command", *words, "The command (default: all commands)")->type_name("COMMAND");
  command->callback([&app, &exit_code, words] { exit_code = print_help(app, *words); });
}

void add_completion(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("completion", "Print a script that teaches a shell these commands");
  command->footer(
      "Example:\n  source <(gyre completion bash)\nThe installed package brings the scripts along.");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "The shell")->required()->check(CLI::IsMember(completion_shells()));
  command->callback([&app, &exit_code, shell] {
    fmt::print("{}", completion(describe(app), *shell));
    exit_code = kExitDone;
  });
}

void add_man(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("man", "Print the manual page");
  command->footer("Example:\n  gyre man | man -l -");
  command->callback([&app, &exit_code] {
    fmt::print("{}", man_page(describe(app), GYRE_VERSION, built_commit().date));
    exit_code = kExitDone;
  });
}

}  // namespace

void add_manual_commands(CLI::App& app, int& exit_code) {
  add_help(app, exit_code);
  add_completion(app, exit_code);
  add_man(app, exit_code);
}

std::string version_text() {
  const Commit commit = built_commit();
  const bool dated = commit.date[0] != '\0';
  std::string text = fmt::format("gyre {}\ncommit {}{}{}\ncompiler {}\n", GYRE_VERSION, commit.id,
                                 dated ? " of " : "", commit.date, kCompiler);
  for (const LibraryVersion& library : library_versions()) {
    text += fmt::format("{} {}{}\n", library.name, library.version, library.loaded ? "" : ", as compiled");
  }
  text.pop_back();  // the parser ends the line
  return text;
}

int answer_stopped(const CLI::App& app, const CLI::ParseError& stop,
                   const std::vector<std::string>& arguments) {
  if (stop.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(stop);
  fmt::print(stderr, "{}", usage_error(describe(app), arguments, stop.what()));
  return kExitError;
}

}  // namespace gyre::cli
