// SPDX-License-Identifier: Apache-2.0
#include "cli/line_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "cli/files.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::cli {
namespace {

TEST(LineFile, ContinuesWhatIsThereAndKeepsTheNewest) {
  const storage::TemporaryDirectory directory;
  const std::string name = directory.path() + "/log";
  LineFile(name, 12).write("one");
  LineFile log(name, 12);
  log.write("two");
  EXPECT_EQ(read_file(name).value(), "one\ntwo\n");
  for (const char* line : {"three", "four", "five", "six", "seven"}) log.write(line);
  EXPECT_EQ(read_file(name).value(), "seven\n");
  EXPECT_EQ(read_file(name + ".1").value(), "four\nfive\nsix\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 2);
}

TEST(LineFile, LosesWhatCannotBeWritten) {
  const storage::TemporaryDirectory directory;
  LineFile log(directory.path() + "/none/log");
  log.write("lost");
  EXPECT_LT(log.descriptor(), 0);
}

}  // namespace
}  // namespace gyre::cli
