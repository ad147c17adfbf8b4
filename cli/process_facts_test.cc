// SPDX-License-Identifier: Apache-2.0
#include "cli/process_facts.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>

namespace gyre::cli {
namespace {

TEST(ProcessFacts, IsThatOfThisProcess) {
  const ProcessFacts facts = read_process_facts();
  EXPECT_GT(facts.resident_bytes, 1024u * 1024u);
  EXPECT_GE(facts.virtual_bytes, facts.resident_bytes);
  EXPECT_GE(facts.threads, 1u);
  EXPECT_GT(facts.open_files_max, 0u);
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_LE(facts.start_seconds, now + 1);
  EXPECT_GT(facts.start_seconds, now - 24 * 3600);
}

TEST(ProcessFacts, CountsFilesAndTheProcessorsTime) {
  const std::uint64_t before = read_process_facts().open_files;
  const int file = ::open("/dev/null", O_RDONLY);
  ASSERT_GE(file, 0);
  EXPECT_EQ(read_process_facts().open_files, before + 1);
  ::close(file);
  EXPECT_EQ(read_process_facts().open_files, before);
  // Works until the processor's time shows.
  while (read_process_facts().cpu_seconds == 0) {
  }
}

}  // namespace
}  // namespace gyre::cli
