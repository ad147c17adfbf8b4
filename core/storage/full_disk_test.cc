// SPDX-License-Identifier: Apache-2.0
// A disk without space: what still works, and how it comes back.

#include <sys/mount.h>

#include <fstream>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/fault_file_system.h"
#include "core/storage/harness_test.h"
#include "core/storage/reclaimer.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMegabyte = 1024 * 1024;
constexpr std::uint64_t kBallast = 4 * kMegabyte;
constexpr std::uint64_t kFloor = 16 * kMegabyte;

/// A small disk: a file system of its own where the process may mount one; else a folder, whose free space is
/// as the test says, and which fails as a full disk does.
class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("none", path().c_str(), "tmpfs", 0, "size=64m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  const std::string& path() const { return directory_.path(); }

  /// Somebody else takes all that is free; without a disk of our own, the store's next write meets that.
  void fill() {
    if (!mounted_) faults_->fail_after(0, true);
    stay_full();
  }
  /// Also what the store gave back when it died.
  void stay_full() {
    full_ = true;
    if (!mounted_) return;
    std::ofstream filler(path() + "/filler", std::ios::binary | std::ios::app);
    const std::string zeros(4096, '\0');
    while (filler.write(zeros.data(), static_cast<std::streamsize>(zeros.size())).flush()) {
    }
  }
  void empty() {
    full_ = false;
    fs::remove(path() + "/filler");
  }

  RocksdbOptions options() {
    RocksdbOptions options;
    options.directory = path() + "/store";
    options.memtable_bytes = kMegabyte;
    options.ballast_bytes = kBallast;
    options.flush_on_stop = false;
    if (!mounted_) {
      options.file_system = faults_;
      options.free_bytes = [this] { return full_ ? given_up() : 64 * kMegabyte; };
    }
    return options;
  }

 private:
  std::uint64_t given_up() const { return fs::exists(path() + "/store/ballast") ? 0 : kBallast; }

  const TemporaryDirectory directory_;
  const std::shared_ptr<FaultFileSystem> faults_ =
      std::make_shared<FaultFileSystem>(1);  // shared with RocksDB
  const bool mounted_;
  bool full_ = false;
};

class FullDisk : public testing::Test {
 protected:
  void open() {
    harness_.reset();
    engine_.reset();
    engine_ = ok(open_rocksdb(disk_.options()));
    harness_ = std::make_unique<MachineHarness>(*engine_, Durability::kSync, 1, log_disk_);
    set_floor(kFloor);
  }
  void set_floor(std::uint64_t bytes) {
    harness_->options.disk_floor_bytes = bytes;
    harness_->restart();
  }
  void put_some(const TableEntry& table, int items, std::size_t bytes) {
    for (int i = 0; i < items; ++i) {
      ASSERT_TRUE(harness_->put(table, "item" + std::to_string(i), random_bytes(random_, bytes)).ok());
    }
  }
  Status drop(const TableEntry& table) {
    return harness_->write(
        [&](WriteTransaction& transaction) { return transaction.catalog().drop_table(table.schema.id); });
  }

  SmallDisk disk_;
  const std::shared_ptr<files::MemoryDisk> log_disk_ =
      std::make_shared<files::MemoryDisk>();  // shared with the harness; it has space
  SeededRandom random_{1};
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<MachineHarness> harness_;
};

std::size_t count_tables(const std::string& directory) {
  std::size_t count = 0;
  for (const auto& file : fs::directory_iterator(directory))
    count += file.path().extension() == ".sst" ? 1 : 0;
  return count;
}

TEST_F(FullDisk, AStoreThatDiedOfItOpensForReadingDeletingAndTrimming) {
  open();
  const TablePointer large = harness_->create_table("large");
  const TablePointer small = harness_->create_table("small");
  put_some(*large, 80, 64 * 1024);
  put_some(*small, 10, 100);
  ASSERT_TRUE(engine_->reclaim(Family::kItems, {}).ok());
  ASSERT_TRUE(fs::exists(disk_.path() + "/store/ballast"));

  // Without a floor the next commits meet the full disk.
  set_floor(0);
  disk_.fill();
  bool died = false;
  for (int i = 0; i < 200 && !died; ++i) {
    died = code_of(harness_->put(*small, "last" + std::to_string(i), random_bytes(random_, 64 * 1024))) ==
           ErrorCode::kOutcomeUnknown;
  }
  ASSERT_TRUE(died);
  harness_.reset();
  engine_.reset();
  disk_.stay_full();

  const std::size_t tables = count_tables(disk_.path() + "/store");
  open();
  EXPECT_FALSE(fs::exists(disk_.path() + "/store/ballast"));
  EXPECT_EQ(count_tables(disk_.path() + "/store"), tables);
  EXPECT_TRUE(harness_->read(*small, "item3").exists());
  EXPECT_EQ(code_of(harness_->put(*small, "new", "1")), ErrorCode::kUnavailable);
  EXPECT_TRUE(harness_->erase(*small, "item3").ok());
  EXPECT_TRUE(drop(*large).ok());
  for (const ShardDescriptor& shard : large->shards) {
    EXPECT_TRUE(
        harness_
            ->write([&](WriteTransaction& transaction) { return transaction.catalog().trim_shard(shard.id); })
            .ok());
  }
  const std::uint64_t in_files = engine_->size_bytes(Family::kItems);
  const auto catalog = harness_->catalog.snapshot();
  const auto dead = dead_ranges(*catalog, Family::kItems, harness_->machine->watermark(harness_->now_ms));
  EXPECT_TRUE(engine_->reclaim(Family::kItems, dead).ok());
  EXPECT_LT(engine_->size_bytes(Family::kItems), in_files / 2);

  disk_.empty();
  harness_->now_ms += limits::kDiskCheckMs;
  EXPECT_TRUE(harness_->put(*small, "new", "1").ok());
  ASSERT_TRUE(engine_->reclaim(Family::kItems, {}).ok());
  EXPECT_TRUE(fs::exists(disk_.path() + "/store/ballast"));
  open();
  EXPECT_TRUE(harness_->read(*small, "new").exists());
  EXPECT_FALSE(harness_->read(*small, "item3").exists());
  EXPECT_TRUE(harness_->read(*small, "item4").exists());
}

}  // namespace
}  // namespace gyre::storage
