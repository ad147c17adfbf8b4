// SPDX-License-Identifier: Apache-2.0
#include "core/process/process_supervisor.h"

#include <signal.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace gyre::process {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class ProcessSupervisorTest : public testing::Test {
 protected:
  ProcessSpec shell(std::string script) {
    return {.name = "child", .argv = {"/bin/sh", "-c", std::move(script)}};
  }
  ProcessState state() const { return supervisor_.status("child")->state; }

  template <class Condition>
  void poll_until(Condition condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) supervisor_.poll(10);
    ASSERT_TRUE(condition());
  }
  void poll_until_state(ProcessState wanted) {
    poll_until([&] { return state() == wanted; });
  }

  // Turned by hand, so that pauses pass at once; children themselves live in real time.
  ManualClock clock_{1'000'000};
  std::vector<std::string> lines_;
  std::vector<ProcessState> states_;
  ProcessSupervisor supervisor_{
      clock_,
      {.on_line = [this](
                      const std::string& name, std::string_view line,
                      bool is_error) { lines_.push_back(name + (is_error ? "!" : ":") + std::string(line)); },
       .on_status = [this](const ProcessStatus& status) { states_.push_back(status.state); }}};
};

TEST_F(ProcessSupervisorTest, PassesOnBothStreamsLineByLine) {
  ASSERT_TRUE(supervisor_.add(shell("echo one; printf 'two\\nthree'; echo four >&2; exit 78")).ok());
  poll_until_state(ProcessState::kDown);
  EXPECT_THAT(lines_, testing::UnorderedElementsAre("child:one", "child:two", "child:three", "child!four"));
}

TEST_F(ProcessSupervisorTest, RestartsAChildThatEndsWithGrowingPauses) {
  ASSERT_TRUE(supervisor_.add(shell("exit 3")).ok());
  poll_until_state(ProcessState::kWaiting);
  EXPECT_EQ(supervisor_.status("child")->reason, "exit code 3");
  EXPECT_EQ(supervisor_.status("child")->restarts, 0u);
  clock_.advance_ms(limits::kRestartPauseMsMin);
  supervisor_.poll(0);
  poll_until_state(ProcessState::kWaiting);
  EXPECT_EQ(supervisor_.status("child")->restarts, 1u);
  clock_.advance_ms(limits::kRestartPauseMsMin);
  supervisor_.poll(0);
  EXPECT_EQ(state(), ProcessState::kWaiting) << "the second pause is longer";
  clock_.advance_ms(limits::kRestartPauseMsMin);
  supervisor_.poll(0);
  EXPECT_EQ(supervisor_.status("child")->restarts, 2u);
}

TEST_F(ProcessSupervisorTest, AChildThatRanForAWhileComesBackAfterTheShortPause) {
  ASSERT_TRUE(supervisor_.add(shell("exit 3")).ok());
  poll_until_state(ProcessState::kWaiting);
  clock_.advance_ms(limits::kRestartPauseMsMin);
  supervisor_.poll(0);
  clock_.advance_ms(limits::kSteadyRunMs);  // the clock is ours: it "ran" so long before its end is seen
  poll_until_state(ProcessState::kWaiting);
  clock_.advance_ms(limits::kRestartPauseMsMin);
  supervisor_.poll(0);
  EXPECT_EQ(supervisor_.status("child")->restarts, 2u);
}

TEST_F(ProcessSupervisorTest, ACrashIsNamedAndRestarted) {
  ASSERT_TRUE(supervisor_.add(shell("kill -SEGV $$")).ok());
  poll_until_state(ProcessState::kWaiting);
  EXPECT_THAT(supervisor_.status("child")->reason, HasSubstr("signal 11"));
}

TEST_F(ProcessSupervisorTest, AConfigurationErrorStaysDown) {
  ASSERT_TRUE(supervisor_.add(shell("exit 78")).ok());
  poll_until_state(ProcessState::kDown);
  clock_.advance_ms(1'000'000);
  supervisor_.poll(0);
  EXPECT_EQ(state(), ProcessState::kDown);
  EXPECT_THAT(states_, ElementsAre(ProcessState::kRunning, ProcessState::kDown));
}

TEST_F(ProcessSupervisorTest, AMissingProgramStaysDownAndSaysWhy) {
  ASSERT_TRUE(supervisor_.add({.name = "child", .argv = {"/no/such/program"}}).ok());
  poll_until_state(ProcessState::kDown);
  EXPECT_THAT(lines_, ElementsAre("child!cannot execute /no/such/program: No such file or directory"));
}

TEST_F(ProcessSupervisorTest, AStoppedChildStaysDownUntilStarted) {
  ASSERT_TRUE(supervisor_.add(shell("trap 'echo bye; exit 0' TERM; echo up; sleep 1000 & wait")).ok());
  poll_until([&] { return !lines_.empty(); });
  ASSERT_TRUE(supervisor_.stop("child").ok());
  EXPECT_EQ(state(), ProcessState::kStopping);
  poll_until_state(ProcessState::kDown);
  EXPECT_THAT(lines_, ElementsAre("child:up", "child:bye"));
  clock_.advance_ms(1'000'000);
  supervisor_.poll(0);
  EXPECT_EQ(state(), ProcessState::kDown);
  ASSERT_TRUE(supervisor_.start("child").ok());
  EXPECT_EQ(state(), ProcessState::kRunning);
  EXPECT_FALSE(supervisor_.start("child").ok());
  EXPECT_FALSE(supervisor_.add(shell("")).ok());
  EXPECT_FALSE(supervisor_.stop("another").ok());
  ASSERT_TRUE(supervisor_.kill("child").ok());
}

TEST_F(ProcessSupervisorTest, AChildThatIgnoresSigtermIsKilledAfterItsGrace) {
  ASSERT_TRUE(supervisor_.add(shell("trap '' TERM; echo up; while :; do sleep 1000; done")).ok());
  poll_until([&] { return !lines_.empty(); });
  const pid_t pid = supervisor_.status("child")->pid;
  ASSERT_TRUE(supervisor_.stop("child").ok());
  supervisor_.poll(0);
  EXPECT_EQ(state(), ProcessState::kStopping);
  clock_.advance_ms(10'000);
  poll_until_state(ProcessState::kDown);
  EXPECT_THAT(supervisor_.status("child")->reason, HasSubstr("signal 9"));
  EXPECT_EQ(::kill(pid, 0), -1) << "no zombie is left";
}

TEST_F(ProcessSupervisorTest, ReplacesEnvironmentVariables) {
  ::setenv("GYRE_TEST_COLOUR", "red", 1);
  ProcessSpec spec = shell("echo $GYRE_TEST_COLOUR $GYRE_TEST_SHAPE; exit 78");
  spec.env = {"GYRE_TEST_COLOUR=blue", "GYRE_TEST_SHAPE=round"};
  ASSERT_TRUE(supervisor_.add(std::move(spec)).ok());
  poll_until_state(ProcessState::kDown);
  EXPECT_THAT(lines_, Contains("child:blue round"));
}

}  // namespace
}  // namespace gyre::process
