// SPDX-License-Identifier: Apache-2.0
#include "cli/usage_error.h"

#include <gmock/gmock.h>

#include <vector>

namespace gyre::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

CommandTree small_tree() {
  CommandTree cut{.name = "gyre link cut",
                  .options = {{.name = "--data", .value = "DIRECTORY"}, {.name = "from"}}};
  CommandTree link{
      .name = "gyre link", .options = {{.name = "--help", .short_name = "-h"}}, .commands = {cut}};
  CommandTree status{
      .name = "gyre status", .help = "Say how it is", .options = {{.name = "--data", .value = "TEXT"}}};
  return {.name = "gyre", .options = {{.name = "--help", .short_name = "-h"}}, .commands = {link, status}};
}

std::string error_for(const std::vector<std::string>& arguments) {
  return usage_error(small_tree(), arguments, "the reason");
}

TEST(UsageError, NamesTheCommandThatWasMeant) {
  EXPECT_EQ(error_for({"stauts"}),
            "gyre: no command 'stauts'. Did you mean 'status'?\n'gyre --help' has more.\n");
  EXPECT_THAT(error_for({"link", "cutt", "a"}),
              StartsWith("gyre link: no command 'cutt'. Did you mean 'cut'?\n"));
  EXPECT_THAT(error_for({"frobnicate"}), StartsWith("gyre: no command 'frobnicate'.\n"));
}

TEST(UsageError, ACommandThatIsBelowAnotherOneIsNamedInFull) {
  EXPECT_THAT(error_for({"cut", "a"}), StartsWith("gyre: no command 'cut'. Did you mean 'gyre link cut'?\n"));
  EXPECT_THAT(error_for({"link", "status"}),
              StartsWith("gyre link: no command 'status'. Did you mean 'gyre status'?\n"));
}

TEST(UsageError, NamesTheOptionThatWasMeant) {
  EXPECT_THAT(error_for({"link", "cut", "--dta=x"}),
              StartsWith("gyre link cut: no option '--dta'. Did you mean '--data'?"));
  EXPECT_THAT(error_for({"link", "--data", "x"}), StartsWith("gyre link: no option '--data'.\n"));
}

TEST(UsageError, AValueIsNoCommandAndNoOption) {
  EXPECT_THAT(error_for({"status", "--data", "--dta"}), StartsWith("gyre status: the reason\n"));
  EXPECT_THAT(error_for({"link", "cut", "stauts", "-5"}), StartsWith("gyre link cut: the reason\n"));
  EXPECT_THAT(error_for({"status", "--", "--dta"}), StartsWith("gyre status: the reason\n"));
}

TEST(UsageError, AMissingCommandIsToldWhichThereAre) {
  EXPECT_THAT(error_for({}), StartsWith("gyre: a command is missing."));
  EXPECT_THAT(error_for({}), HasSubstr("\n  status       Say how it is\n"));
  EXPECT_THAT(error_for({"link"}), HasSubstr("\n  cut"));
  EXPECT_THAT(error_for({"link"}), Not(HasSubstr("status")));
}

}  // namespace
}  // namespace gyre::cli
