// SPDX-License-Identifier: Apache-2.0
#include "cli/command_tree.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>

namespace gyre::cli {
namespace {

using testing::ElementsAre;

TEST(CommandTree, SaysWhatTheParserTakes) {
  std::string style = "current";
  int latency_ms = 0;
  bool json = false;
  std::string file;
  CLI::App app("The program", "gyre");
  CLI::App* link = app.add_subcommand("link", "Links");
  link->footer("Example:\n  gyre link cut");
  CLI::App* cut = link->add_subcommand("cut", "Cut one");
  cut->add_option("--style", style, "Which")
      ->check(CLI::IsMember({"current", "aggregated"}))
      ->capture_default_str();
  cut->add_option("--latency", latency_ms, "Milliseconds")->check(CLI::Range(0, 60000));
  cut->add_flag("--json", json, "JSON");
  cut->add_option("file", file, "A file")->required()->type_name("FILE");
  cut->add_option("--secret", file, "Not shown")->group("");

  const CommandTree tree = describe(app);
  ASSERT_NE(tree.command("link"), nullptr);
  EXPECT_EQ(tree.command("link")->footer, "Example:\n  gyre link cut");
  const CommandTree* command = tree.command("link")->command("cut");
  ASSERT_NE(command, nullptr);
  EXPECT_EQ(command->name, "gyre link cut");
  EXPECT_EQ(command->last_word(), "cut");
  EXPECT_THAT(command->option("--style")->choices, ElementsAre("current", "aggregated"));
  EXPECT_EQ(command->option("--style")->default_value, "current");
  EXPECT_EQ(command->option("--latency")->range, "[0 - 60000]");
  EXPECT_EQ(command->option("--latency")->value, "INT");
  EXPECT_EQ(command->option("--json")->value, "");
  EXPECT_EQ(command->option("-h"), command->option("--help"));
  ASSERT_NE(command->option("--secret"), nullptr);
  EXPECT_EQ(command->option("--secret"), &command->hidden_options.front());
  EXPECT_EQ(command->option("file"), nullptr) << "a positional is no option";
  const CommandOption& last = command->options.back();
  EXPECT_TRUE(last.positional());
  EXPECT_TRUE(last.required);
  EXPECT_EQ(last.value, "FILE");

  std::vector<std::string> names;
  for (const CommandTree* one : all_commands(tree)) names.push_back(one->name);
  EXPECT_THAT(names, ElementsAre("gyre", "gyre link", "gyre link cut"));
}

}  // namespace
}  // namespace gyre::cli
