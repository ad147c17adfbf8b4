// SPDX-License-Identifier: Apache-2.0
// bench_rocksdb (plain|engine) DIRECTORY GROUP ITEM_BYTES KEYS SECONDS: what a region writes for a PutItem
// that replaces an item (the item's row and its change record, of the same bytes), GROUP of them in each
// synchronous batch, and nothing else: no request, no reading, no deciding. `plain` is RocksDB as it comes,
// `engine` a region's own log and storage engine. Prints commits and seconds.

#include <fmt/core.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <string>

#include "core/base/check.h"
#include "core/base/random.h"
#include "core/model/item_codec.h"
#include "core/storage/change_record.h"
#include "core/storage/committer.h"
#include "core/storage/local_home.h"
#include "core/storage/stored_item.h"

namespace gyre {
namespace {

/// The rows of a write. Only keys differ between writes.
struct Rows {
  explicit Rows(std::size_t item_bytes) {
    Item item;
    item.set("pk", AttributeValue::string("key50000"));
    item.set("n", AttributeValue::number(Number::from_int(50'000)));
    item.set("pad", AttributeValue::string(std::string(item_bytes, 'x')));
    const Version version{1'000'000, RegionId("us-east-1")};

    storage::StoredItem stored;
    stored.image = encode_item(item);
    stored.version = version;
    stored.sequence = SequenceNumber(1'000'000);
    stored.dynamodb_bytes = item_bytes;
    item_row = storage::encode_stored_item(stored);

    storage::ChangeRecord change;
    change.kind = storage::ChangeKind::kModify;
    change.keys = std::string("key50000");
    change.old_image = change.new_image = *stored.image;
    change.version = change.replaced = version;
    change.origin.region = RegionId("us-east-1");
    change.audit.principal = "gyre";
    change.audit.request_id = std::string(52, 'R');  // as long as a real one
    change.audit.source_address = "127.0.0.1";
    change.audit.user_agent = std::string(150, 'A');
    record = storage::encode_change_record(change);
  }

  std::string item_row;
  std::string record;
};

class Store {
 public:
  virtual ~Store() = default;
  /// An item's row and the change record of it.
  virtual void put(std::string key, const std::string& row, std::uint64_t sequence,
                   const std::string& record) = 0;
  virtual void commit() = 0;
};

class PlainStore final : public Store {
 public:
  explicit PlainStore(const std::string& directory) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    CHECK(rocksdb::DB::Open(options, directory, &opened).ok());
    db_.reset(opened);
    CHECK(db_->CreateColumnFamily(options, "items", &items_).ok());
    CHECK(db_->CreateColumnFamily(options, "changes", &changes_).ok());
  }
  ~PlainStore() override {
    CHECK(db_->DestroyColumnFamilyHandle(items_).ok());
    CHECK(db_->DestroyColumnFamilyHandle(changes_).ok());
  }
  void put(std::string key, const std::string& row, std::uint64_t sequence,
           const std::string& record) override {
    CHECK(batch_.Put(items_, key, row).ok());
    CHECK(batch_.Put(changes_, fmt::format("{:016}", sequence), record).ok());
  }
  void commit() override {
    rocksdb::WriteOptions options;
    options.sync = true;
    CHECK(db_->Write(options, &batch_).ok());
    batch_.Clear();
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* items_ = nullptr;
  rocksdb::ColumnFamilyHandle* changes_ = nullptr;
  rocksdb::WriteBatch batch_;
};

class EngineStore final : public Store {
 public:
  explicit EngineStore(const std::string& directory) {
    storage::RocksdbOptions options;
    options.directory = directory;
    home_ = storage::open_local_home(options).value();
    const auto identity = storage::begin_term(*home_.log, RegionId("here"), entropy).value();
    log_ = storage::RegionLog::open(*home_.log, identity, {}, std::nullopt).value();
    log_->start();
    committer_ = std::make_unique<storage::Committer>(*home_.engine, *log_);
  }
  // The row is its own, and the image that is in the record.
  void put(std::string key, const std::string& row, std::uint64_t sequence,
           const std::string& record) override {
    sequence_ = SequenceNumber(sequence);
    const std::uint32_t index = batch_.add_record(
        {.shard = ShardId(7), .sequence = sequence_, .ordinal = Ordinal(sequence), .time = sequence}, record);
    const auto bytes = static_cast<std::uint32_t>(std::min(row.size() - kHeaderBytes, record.size()));
    batch_.put(storage::Family::kItems, std::move(key), row.substr(0, kHeaderBytes), {index, 0, bytes});
  }
  void commit() override {
    CHECK(committer_->make_room().ok());
    CHECK(committer_->commit(batch_, {sequence_, sequence_.value(), 0}, storage::Durability::kSync).ok());
    CHECK(committer_->flush_if_due().ok());
    batch_ = {};
  }

 private:
  static constexpr std::size_t kHeaderBytes = 40;

  storage::StoreHome home_;
  std::unique_ptr<storage::RegionLog> log_;
  std::unique_ptr<storage::Committer> committer_;
  storage::CommitBatch batch_;
  SequenceNumber sequence_;
};

/// Writes rows of random items, and the next change records.
class Load {
 public:
  Load(Store& store, std::size_t item_bytes, std::uint64_t keys)
      : store_(store), rows_(item_bytes), keys_(keys) {}

  void commit(int group) {
    for (int i = 0; i < group; ++i) {
      // As long as real keys: table id, hash and key; shard and sequence.
      const std::uint64_t key = random_() % keys_ * 0x9E3779B97F4A7C15;
      store_.put(fmt::format("{:024}", key), rows_.item_row, ++sequence_, rows_.record);
    }
    store_.commit();
  }

  /// Until flushes have begun and the first logs are full: what a region is like that serves for a while.
  void warm_up() {
    const std::uint64_t writes = kWarmUpBytes / (rows_.item_row.size() + rows_.record.size());
    while (sequence_ < writes) commit(kWarmUpGroup);
  }

 private:
  static constexpr std::uint64_t kWarmUpBytes = 48 * 1024 * 1024;
  static constexpr int kWarmUpGroup = 8;

  Store& store_;
  const Rows rows_;
  const std::uint64_t keys_;
  std::mt19937_64 random_{1};
  std::uint64_t sequence_ = 0;
};

int run(const std::string& kind, const std::string& directory, char** numbers) {
  using Clock = std::chrono::steady_clock;
  const int group = std::stoi(numbers[0]);
  const double seconds = std::stod(numbers[3]);
  std::unique_ptr<Store> store;
  if (kind == "plain") {
    store = std::make_unique<PlainStore>(directory);
  } else {
    store = std::make_unique<EngineStore>(directory);
  }
  Load load(*store, std::stoul(numbers[1]), std::stoul(numbers[2]));
  load.warm_up();

  std::uint64_t commits = 0;
  const Clock::time_point begin = Clock::now();
  std::chrono::duration<double> spent{};
  for (; spent.count() < seconds; spent = Clock::now() - begin) {
    load.commit(group);
    ++commits;
  }
  fmt::print("{} {:.6f}\n", commits, spent.count());
  return 0;
}

}  // namespace
}  // namespace gyre

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: bench_rocksdb (plain|engine) DIRECTORY GROUP ITEM_BYTES KEYS SECONDS\n");
    return 2;
  }
  return gyre::run(argv[1], argv[2], argv + 3);
}
