// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.h"

#include <gmock/gmock.h>

namespace gyre::cli {
namespace {

using testing::HasSubstr;

CommandTree small_tree() {
  CommandTree link{.name = "gyre link",
                   .help = "It's a link",
                   .options = {{.name = "--style", .value = "TEXT", .choices = {"a", "b"}, .help = "Which"},
                               {.name = "--data", .short_name = "-d", .value = "DIRECTORY", .help = "Where"},
                               {.name = "--name", .value = "TEXT", .help = "Who"},
                               {.name = "file", .value = "FILE", .help = "A file"}}};
  return {.name = "gyre", .commands = {link}};
}

TEST(Completion, BashOffersCommandsOptionsChoicesAndFiles) {
  const std::string script = completion(small_tree(), "bash");
  EXPECT_THAT(script, HasSubstr("('gyre link --style') _gyre_words 'a b'; return ;;\n"));
  EXPECT_THAT(script, HasSubstr("('gyre link --data') _gyre_names -d; return ;;\n"));
  EXPECT_THAT(script, HasSubstr("('gyre link --name')  return ;;\n"));
  EXPECT_THAT(script, HasSubstr("_gyre_words '--style --data --name'; else _gyre_names -f; fi"));
}

TEST(Completion, ZshOffersThemWithTheirHelp) {
  const std::string script = completion(small_tree(), "zsh");
  EXPECT_THAT(script, HasSubstr("commands=( 'link:It'\\''s a link')\n"));
  EXPECT_THAT(script, HasSubstr("('gyre link --style') compadd -- a b; return ;;\n"));
  EXPECT_THAT(script, HasSubstr("'--data:Where'"));
}

TEST(Completion, FishOffersThemWithTheirHelp) {
  const std::string script = completion(small_tree(), "fish");
  EXPECT_THAT(script, HasSubstr("complete -c gyre -n '__gyre_at gyre' -a link -d 'It\\'s a link'\n"));
  EXPECT_THAT(script, HasSubstr("-l style -a 'a b' -x -d 'Which'\n"));
  EXPECT_THAT(script, HasSubstr("-l data -a '(__fish_complete_directories)' -s d -x -d 'Where'\n"));
  EXPECT_THAT(script, HasSubstr("complete -c gyre -n '__gyre_at gyre link' -F\n"));
}

}  // namespace
}  // namespace gyre::cli
