// SPDX-License-Identifier: Apache-2.0
#include "cli/man_page.h"

#include <gmock/gmock.h>

#include "cli/exit_codes.h"

namespace gyre::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

CommandTree small_tree() {
  CommandTree link{
      .name = "gyre link",
      .help = "Cut a link",
      .footer = "Example:\n  .gyre link \\\n      --style\nThat is all.",
      .options = {
          {.name = "--style",
           .value = "TEXT",
           .choices = {"a", "b"},
           .default_value = "a",
           .help = "Which\\way"},
          {.name = "--count", .value = "INT", .range = "[0 - 9]", .help = "How many", .required = true},
          {.name = "file", .value = "FILE", .help = "A file", .required = true}}};
  return {.name = "gyre", .help = "Gyre: a database", .commands = {link}};
}

TEST(ManPage, HasEveryCommandWithItsOptions) {
  const std::string page = man_page(small_tree(), "1.2.3", "2026-01-31");
  EXPECT_THAT(page, StartsWith(".TH GYRE 1 \"2026-01-31\" \"gyre 1.2.3\" \"User Commands\"\n"));
  EXPECT_THAT(page, HasSubstr("gyre \\- a database\n"));
  EXPECT_THAT(page, HasSubstr(".SS gyre link\n\\fBgyre link\\fR [\\fIOPTIONS\\fR] \\fIFILE\\fR\n"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-style\\fR \\fITEXT\\fR\nWhich\\eway. One of: a, b. Default: a.\n"));
  EXPECT_THAT(page, HasSubstr("How many. In [0 \\- 9]. Must be given.\n"));
}

TEST(ManPage, ExamplesStandAsTheyAreWritten) {
  const std::string page = man_page(small_tree(), "1.2.3", "");
  EXPECT_THAT(page, HasSubstr(".nf\n  .gyre link \\e\n      \\-\\-style\n.fi\n"));
  EXPECT_THAT(page, Not(HasSubstr("\n.gyre")));
}

TEST(ManPage, HasEveryExitCode) {
  const std::string page = man_page(small_tree(), "1.2.3", "");
  for (const ExitCode& code : exit_codes()) {
    EXPECT_THAT(page, HasSubstr("\\fB" + std::to_string(code.code) + "\\fR\n"));
  }
}

}  // namespace
}  // namespace gyre::cli
