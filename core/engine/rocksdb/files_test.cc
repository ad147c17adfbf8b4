// SPDX-License-Identifier: Apache-2.0
// What opening makes of the files that it finds.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/base/random.h"
#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/rows.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

std::string newest_log(const std::string& directory) {
  std::string newest;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
  }
  return newest;
}

// Leaves a store that was killed: `writes` synced rows lie in its log alone.
void leave_killed(const std::string& directory, int writes) {
  const pid_t child = fork();
  if (child == 0) {
    auto engine = open_disk(directory);
    for (int i = 0; i < writes; ++i) put(*engine, "key" + std::to_string(i), std::string(200, 'v'));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
}

TEST(RocksdbEngine, AForeignDirectoryIsLeftAlone) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() + "/letter.txt") << "dear";
  RocksdbOptions options;
  options.directory = directory.path();
  EXPECT_EQ(code_of(open_rocksdb(options)), ErrorCode::kValidation);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()), 1);
}

TEST(RocksdbEngine, SyncedWritesSurviveAKill) {
  const TemporaryDirectory directory;
  leave_killed(directory.path(), 100);
  const auto engine = open_disk(directory.path());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(get(*engine, "key" + std::to_string(i)), std::string(200, 'v'));
}

TEST(RocksdbEngine, ATornTailIsNormal) {
  const TemporaryDirectory directory;
  leave_killed(directory.path(), 100);
  const std::string log = newest_log(directory.path());
  fs::resize_file(log, fs::file_size(log) - 10);
  const auto engine = open_disk(directory.path());
  EXPECT_EQ(get(*engine, "key98"), std::string(200, 'v'));
  EXPECT_EQ(get(*engine, "key99"), "(none)");
}

void flip(const std::string& file, std::uint64_t at, int bit) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(at));
  const char flipped = static_cast<char>(bytes.get() ^ (1 << bit));
  bytes.seekp(static_cast<std::streamoff>(at));
  bytes.put(flipped);
}

// Opening a copy of `original` in which one bit of the log is another one.
void expect_refused(const std::string& original, std::uint64_t at, int bit) {
  const TemporaryDirectory directory;
  fs::copy(original, directory.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  flip(newest_log(directory.path()), at, bit);
  RocksdbOptions options;
  options.directory = directory.path();
  const auto engine = open_rocksdb(options);
  ASSERT_FALSE(engine.ok()) << "bit " << bit << " of byte " << at << " was flipped";
  EXPECT_EQ(engine.error().code, ErrorCode::kCorruption) << engine.error().message;
}

TEST(RocksdbEngine, DamageInTheMiddleOfTheLogIsRefused) {
  const TemporaryDirectory original;
  leave_killed(original.path(), 300);  // more than one 32 KB block of the log
  const std::uint64_t size = fs::file_size(newest_log(original.path()));
  SeededRandom random(1);
  for (int i = 0; i < 30; ++i) {
    expect_refused(original.path(), random.below(size - 250),
                   static_cast<int>(random.below(8)));  // not the last record
  }
}

TEST(RocksdbEngine, ADamagedLengthInTheLastBlockIsNoTornTail) {
  const TemporaryDirectory original;
  leave_killed(original.path(), 10);
  std::ifstream file(newest_log(original.path()), std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::size_t> records;
  for (std::size_t at = 0; at + 7 <= log.size();) {
    records.push_back(at);
    at += 7 + static_cast<unsigned char>(log[at + 4]) + 256U * static_cast<unsigned char>(log[at + 5]);
  }
  ASSERT_GE(records.size(), 10U);
  for (std::size_t i = 0; i + 1 < records.size(); ++i) expect_refused(original.path(), records[i] + 5, 7);
}

TEST(RocksdbEngine, ACheckpointIsAStore) {
  const TemporaryDirectory directory;
  const auto engine = open_disk(directory.path() + "/live");
  put(*engine, "a", "1");
  ASSERT_TRUE(engine->disk()->checkpoint(directory.path() + "/copy").ok());
  put(*engine, "a", "2");
  EXPECT_EQ(get(*open_disk(directory.path() + "/copy"), "a"), "1");
}

}  // namespace
}  // namespace gyre::storage
