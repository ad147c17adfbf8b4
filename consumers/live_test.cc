// SPDX-License-Identifier: Apache-2.0

// Consumers against a real region: store, stream server and client over loopback.

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumers/plugin_library.h"
#include "consumers/plugin_session.h"
#include "consumers/region_fixture_test.h"
#include "consumers/replay.h"
#include "consumers/tail.h"
#include "core/json/json_reader.h"
#include "core/process/process_supervisor.h"

namespace gyre::consumers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Lines as they come, from any thread.
class Lines {
 public:
  LineSink sink() {
    return [this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
      return true;
    };
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

template <class Condition>
bool eventually(Condition condition) {
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
       std::chrono::steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

class LiveTest : public testing::Test {
 protected:
  LiveTest() { region_.create_table("cities"); }

  void put_range(int first, int last) {
    for (int i = first; i < last; ++i) region_.put("cities", std::to_string(i), "count");
  }
  ReplaySummary replayed(ReplayOptions options, Lines& lines) {
    options.endpoint = region_.endpoint();
    options.table = "cities";
    const auto summary = replay(options, lines.sink(), stop_, region_.clock());
    EXPECT_TRUE(summary.ok()) << (summary.ok() ? "" : summary.error().message);
    return summary.ok() ? *summary : ReplaySummary{};
  }

  RegionFixture region_{true};
  std::atomic<bool> stop_ = false;
};

TEST_F(LiveTest, ReplayMergesClosedAndOpenShardsInCommitOrder) {
  put_range(0, 50);
  region_.roll("cities");
  put_range(50, 100);
  Lines lines;
  EXPECT_EQ(replayed({}, lines).records_written, 100u);
  ASSERT_THAT(lines.all(), SizeIs(100));
  for (int i = 0; i < 100; ++i) EXPECT_THAT(lines.all()[i], HasSubstr("\"" + std::to_string(i) + "\"")) << i;
}

TEST_F(LiveTest, ReplayFiltersByKeyAndTime) {
  put_range(0, 20);
  Lines lines;
  EXPECT_EQ(replayed({.key = "7"}, lines).records_written, 1u);
  EXPECT_EQ(replayed({.key = R"({"id":{"S":"8"}})"}, lines).records_written, 1u);
  EXPECT_EQ(replayed({.from_ms = region_.clock().now_ms() + 60'000}, lines).records_written, 0u);
  EXPECT_EQ(replayed({.to_ms = 1}, lines).records_written, 0u);
}

TEST_F(LiveTest, ReplayNamesWhatIsMissing) {
  const auto no_table =
      replay({.endpoint = region_.endpoint(), .table = "towns"}, Lines().sink(), stop_, region_.clock());
  ASSERT_FALSE(no_table.ok());
  EXPECT_EQ(no_table.error().code, ErrorCode::kResourceNotFound);
  const auto no_region = replay({.endpoint = "tcp://127.0.0.1:9", .table = "towns", .connect_timeout_ms = 1},
                                Lines().sink(), stop_, region_.clock());
  ASSERT_FALSE(no_region.ok());
  EXPECT_THAT(no_region.error().message, HasSubstr("tcp://127.0.0.1:9"));
}

TEST_F(LiveTest, TailFollowsShardsToTheirChildren) {
  put_range(0, 5);
  Lines lines;
  std::thread reader([&] {
    const TailOptions options{.endpoint = region_.endpoint(), .table = "cities", .from_start = true};
    EXPECT_TRUE(tail(options, lines.sink(), stop_, region_.clock()).ok());
  });
  EXPECT_TRUE(eventually([&] { return lines.all().size() == 5; }));
  region_.roll("cities");
  put_range(5, 10);
  EXPECT_TRUE(eventually([&] { return lines.all().size() == 10; }));
  stop_ = true;
  reader.join();
}

TEST_F(LiveTest, TailWaitsForATableAndShowsItFromItsFirstRecord) {
  Lines lines;
  std::atomic<bool> waiting = false;
  std::thread reader([&] {
    TailOptions options{.endpoint = region_.endpoint(), .table = "towns", .wait_for_table = true};
    options.on_missing_table = [&] { waiting = true; };
    EXPECT_TRUE(tail(options, lines.sink(), stop_, region_.clock()).ok());
  });
  EXPECT_TRUE(eventually([&] { return waiting.load(); }));
  region_.create_table("towns");
  region_.put("towns", "first", "x");
  EXPECT_TRUE(eventually([&] { return lines.all().size() == 1; }));
  stop_ = true;
  reader.join();
}

/// A plugin's host as `gyre` runs it: a process of its own, supervised.
class PluginHostTest : public LiveTest {
 protected:
  PluginHostTest() { ::unlink(crashed_file_.c_str()); }
  ~PluginHostTest() override { ::unlink(crashed_file_.c_str()); }

  void start(const std::string& plugin = "steered") {
    const std::string directory = GYRE_TEST_PLUGINS;
    ASSERT_TRUE(supervisor_
                    .add({.name = "host",
                          .argv = {directory + "/plugin_test_host", directory + "/" + plugin + ".so",
                                   region_.endpoint(), "cities", "counter"},
                          .env = {"GYRE_TEST_CRASHED_FILE=" + crashed_file_}})
                    .ok());
  }
  template <class Condition>
  bool polled_until(Condition condition) {
    return eventually([&] {
      supervisor_.poll(10);
      return condition();
    });
  }
  std::string count(const std::string& id = "all") { return region_.number("counts", id, "n"); }
  bool logged(const std::string& text) const { return log_.find(text) != std::string::npos; }

  SystemClock clock_;
  std::string crashed_file_ =
      (std::filesystem::temp_directory_path() / ("gyre-crashed-" + std::to_string(::getpid()))).string();
  std::string log_;
  process::ProcessSupervisor supervisor_{
      clock_,
      {.on_line = [this](const std::string&, std::string_view line, bool) { log_.append(line).append("\n"); },
       .on_status = {}}};
};

TEST_F(PluginHostTest, EffectsHappenExactlyOnceAcrossACrash) {
  region_.create_table("counts");
  put_range(0, 100);
  region_.put("cities", "bad", "crash once");
  put_range(100, 200);
  start();
  EXPECT_TRUE(polled_until([&] { return count() == "201"; })) << count() << "\n" << log_;
  EXPECT_EQ(supervisor_.status("host")->restarts, 1u);
  region_.roll("cities");
  put_range(200, 250);
  const std::string shards = std::to_string(region_.table("cities")->open_shards().size());
  EXPECT_TRUE(polled_until([&] { return count() == "251" && count("ends") == shards; })) << count() << "\n"
                                                                                         << log_;
  ASSERT_TRUE(supervisor_.stop("host").ok());
  EXPECT_TRUE(
      polled_until([&] { return supervisor_.status("host")->state == process::ProcessState::kDown; }));
  EXPECT_EQ(supervisor_.status("host")->reason, "exit code 0");
  // Another life goes on where this one ended.
  ASSERT_TRUE(supervisor_.start("host").ok());
  put_range(250, 260);
  EXPECT_TRUE(polled_until([&] { return count() == "261"; })) << count() << "\n" << log_;
  EXPECT_EQ(count("ends"), shards);
}

TEST_F(PluginHostTest, WaitsForAMissingTableOfItsEffects) {
  region_.put("cities", "a", "count");
  start();
  EXPECT_TRUE(polled_until([&] { return logged("writes to table counts, which does not exist"); })) << log_;
  region_.create_table("counts");
  EXPECT_TRUE(polled_until([&] { return count() == "1"; })) << log_;
}

TEST_F(PluginHostTest, ARejectedRecordIsADeadLetter) {
  region_.create_table("counts");
  region_.put("cities", "poison", "reject");
  start();
  EXPECT_TRUE(polled_until([&] { return logged("dead letter: told to reject: {"); })) << log_;
  region_.put("cities", "a", "count");
  EXPECT_TRUE(polled_until([&] { return count() == "1"; })) << log_;
}

TEST_F(PluginHostTest, AFatalFailureStaysDown) {
  region_.create_table("counts");
  region_.put("cities", "a", "fatal");
  start();
  EXPECT_TRUE(polled_until([&] { return supervisor_.status("host")->state == process::ProcessState::kDown; }))
      << log_;
  EXPECT_EQ(supervisor_.status("host")->reason, "exit code 78");
  EXPECT_TRUE(logged("told to stop")) << log_;
}

TEST_F(PluginHostTest, APluginOfAnotherVersionStaysDown) {
  start("future_version");
  EXPECT_TRUE(polled_until([&] { return supervisor_.status("host")->state == process::ProcessState::kDown; }))
      << log_;
  EXPECT_TRUE(logged("made for plugin ABI version 7 to 9")) << log_;
}

}  // namespace
}  // namespace gyre::consumers
