// SPDX-License-Identifier: Apache-2.0
#include "core/process/other_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace gyre::process {
namespace {

// A child that sleeps until it is ended.
pid_t start_child() {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  for (;;) ::pause();
}

TEST(OtherProcess, FactsAreThoseOfTheProcess) {
  const pid_t child = start_child();
  const auto facts = process_facts(child);
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->parent, ::getpid());
  EXPECT_EQ(facts->program, std::filesystem::read_symlink("/proc/self/exe").string());
  EXPECT_LE(facts->age_ms, process_facts(::getpid())->age_ms);
  ::kill(child, SIGKILL);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(process_facts(child).has_value());  // though its number is not free yet
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(process_facts(child).has_value());
}

TEST(OtherProcess, IsSignalledUntilItHasEnded) {
  const pid_t child = start_child();
  const auto process = OtherProcess::open(child);
  ASSERT_TRUE(process.has_value());
  EXPECT_FALSE(process->wait(0));
  EXPECT_TRUE(process->signal(SIGTERM));
  EXPECT_TRUE(process->wait(60'000));
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(process->signal(SIGTERM));
  EXPECT_FALSE(OtherProcess::open(child).has_value());
}

}  // namespace
}  // namespace gyre::process
