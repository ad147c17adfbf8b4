// SPDX-License-Identifier: Apache-2.0
// A process that appends to a log on a local disk is killed at any moment, again and again.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "core/files/local_folder.h"
#include "core/log/harness_test.h"

namespace gyre::log {
namespace {

constexpr int kCycles = 25;

LogOptions options_of(std::uint64_t term) {
  LogOptions options = test_options(term);
  options.segment_bytes = 64 * 1024;
  return options;
}

// A frame that follows from its number, so that whoever finds it knows what must be in it.
CommitStamp build(FrameBuilder& frame, std::uint64_t number) {
  const std::string record(1 + number * 37 % 900, static_cast<char>('a' + number % 26));
  const auto entry = frame.add_entry({.shard = ShardId(1),
                                      .sequence = SequenceNumber(number),
                                      .ordinal = Ordinal(number),
                                      .time = number,
                                      .cumulative_bytes = number},
                                     record);
  frame.put(1, {"key"},
            {"head", {.entry = entry, .offset = 0, .length = static_cast<std::uint32_t>(record.size())}});
  return {SequenceNumber(number), number, number};
}

// What the child does until it is killed: appends, syncs, and says so.
[[noreturn]] void append_forever(const std::string& path, std::uint64_t term, int reports) {
  const auto folder = files::open_local_folder(path).value();
  const auto log = Log::recover(*folder, options_of(term), std::nullopt).value();
  FrameBuilder frame;
  for (std::uint64_t number = log->last().frame.value() + 1;; ++number) {
    const CommitStamp stamp = build(frame, number);
    while (!log->append(frame, stamp).ok()) {
      CHECK(log->prepare().ok());
      CHECK(log->seal().ok());
    }
    CHECK(log->sync().ok());
    if (::write(reports, &number, sizeof(number)) != sizeof(number)) ::_exit(1);
  }
}

// Kills the child when it has reported `frames` of them; answers the last one reported.
std::uint64_t run_and_kill(const std::string& path, std::uint64_t term, std::uint64_t frames) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    append_forever(path, term, pipe[1]);
  }
  ::close(pipe[1]);
  std::uint64_t last = 0;
  std::uint64_t number = 0;
  for (std::uint64_t i = 0; ::read(pipe[0], &number, sizeof(number)) == sizeof(number); ++i) {
    last = number;
    if (i == frames) ::kill(child, SIGKILL);
  }
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
  return last;
}

TEST(LogKill, EveryReportedFrameIsThereAfterEachKill) {
  const std::string path = ::testing::TempDir() + "gyre_log_kill_test";
  std::filesystem::remove_all(path);
  SeededRandom random(7);
  std::uint64_t term = 0;
  std::uint64_t before = 0;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    const std::uint64_t reported = run_and_kill(path, ++term, random.below(60));
    ASSERT_GT(reported, before);
    const auto folder = files::open_local_folder(path).value();
    const auto log = Log::recover(*folder, options_of(++term), std::nullopt).value();
    ASSERT_GE(log->last().frame.value(), reported);
    FrameStream stream = log->stream(FrameNumber(before), Contents::kChecked);
    for (std::uint64_t number = before + 1; number <= log->last().frame.value(); ++number) {
      const auto frame = stream.next().value();
      ASSERT_TRUE(frame);
      FrameBuilder expected;
      build(expected, number);
      ASSERT_EQ(frame->frame.view.entry_count(), 1);
      EXPECT_EQ(frame->frame.view.head(0), expected.rows()[0].head);
      EXPECT_EQ(rows_of(frame->frame.view)[0].value.substr(4), frame->frame.view.entry(0).bytes);
    }
    before = log->last().frame.value();
  }
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace gyre::log
