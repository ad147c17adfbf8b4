// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace gyre::cli {

/// The commands that describe the program, made from `app` as it is when they run: help, completion
/// and man. Their exit code goes to `exit_code`; both outlive the parsing.
void add_manual_commands(CLI::App& app, int& exit_code);

/// What --version prints.
std::string version_text();

/// Answers a command line (without the program's name) that the parser stopped at: prints the help or version
/// that was asked for, or what is wrong and what was probably meant. The exit code.
int answer_stopped(const CLI::App& app, const CLI::ParseError& stop,
                   const std::vector<std::string>& arguments);

}  // namespace gyre::cli
