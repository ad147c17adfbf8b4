// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/zeroed_logs.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/fault_file_system.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMemtableBytes = 256 * 1024;
constexpr std::size_t kLogBytes = kMemtableBytes / 2;

class ZeroedLogs : public testing::Test {
 protected:
  std::unique_ptr<Engine> open(const std::string& path) {
    RocksdbOptions options;
    options.directory = path;
    options.memtable_bytes = kMemtableBytes;
    options.flush_on_stop = false;
    options.file_system = disk_;
    return ok(open_rocksdb(options));
  }
  void write_some() {
    for (int i = 0; i < 50; ++i) {
      Batch batch;
      batch.put(Family::kItems, "key" + std::to_string(written_++), std::string(1000, 'v'));
      ASSERT_EQ(commit_and_wait(*engine_, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
    }
  }
  void expect_all(const Engine& engine) {
    for (int i = 0; i < written_; ++i) {
      EXPECT_TRUE(ok(engine.get(Family::kItems, "key" + std::to_string(i), ReadTier::kAll)).has_value()) << i;
    }
  }
  // Whether the newest log lies on zeros that it has not filled.
  bool log_is_zeroed() {
    std::string newest;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    if (fs::file_size(newest) != kLogBytes) return false;
    std::ifstream file(newest, std::ios::binary);
    file.seekg(-1, std::ios::end);
    return file.get() == 0;
  }

  void write_until_zeroed() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!log_is_zeroed()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      write_some();
    }
  }

  const TemporaryDirectory directory_;
  const std::shared_ptr<FaultFileSystem> disk_ = std::make_shared<FaultFileSystem>(1);  // shared with RocksDB
  std::unique_ptr<Engine> engine_;
  int written_ = 0;
};

TEST_F(ZeroedLogs, AStoreThatLosesPowerOnOneHasAllThatWasAcknowledged) {
  engine_ = open(directory_.path());
  write_until_zeroed();
  write_some();
  const TemporaryDirectory after;
  disk_->cut_power(directory_.path(), after.path());
  expect_all(*open(after.path()));
}

TEST_F(ZeroedLogs, WithoutRoomForSpaceLogsGrowAsUsual) {
  engine_ = open(directory_.path());
  fs::create_directory(directory_.path() + "/next-log.zeros");
  for (int i = 0; i < 20; ++i) write_some();
  engine_.reset();
  expect_all(*open(directory_.path()));
}

TEST_F(ZeroedLogs, SpaceIsMadeAgainOnceThereIsRoom) {
  engine_ = open(directory_.path());
  fs::create_directory(directory_.path() + "/next-log.zeros");
  for (int i = 0; i < 20; ++i) write_some();
  EXPECT_FALSE(log_is_zeroed());
  fs::remove(directory_.path() + "/next-log.zeros");
  write_until_zeroed();
}

TEST_F(ZeroedLogs, ALogWhoseSpaceIsGoneGrowsAsUsual) {
  engine_ = open(directory_.path());
  const std::string spare = directory_.path() + "/next-log.zeros";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (int gone = 0; gone < 3;) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    write_some();
    if (fs::remove(spare)) ++gone;
  }
  for (int i = 0; i < 10; ++i) write_some();
  engine_.reset();
  expect_all(*open(directory_.path()));
}

TEST_F(ZeroedLogs, NothingOfThemIsLeftBehind) {
  engine_ = open(directory_.path());
  for (int i = 0; i < 4; ++i) write_some();
  engine_.reset();
  EXPECT_FALSE(fs::exists(directory_.path() + "/next-log.zeros"));
}

}  // namespace
}  // namespace gyre::storage
