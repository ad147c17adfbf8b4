// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/model/item_codec.h"
#include "core/model/key.h"
#include "core/storage/store.h"
#include "core/storage/store_identity.h"
#include "core/storage/testing/memory_home.h"
#include "global-tables/doomed_engine_test.h"
#include "global-tables/progress_rows.h"

namespace gyre::global_tables {

/// A region's store in memory, which may be closed and opened again, and what tests do with its table "T" of
/// key "id".
class RegionFixture {
 public:
  RegionFixture(const std::string& region, const Clock& clock, std::uint64_t seed)
      : region_(region), clock_(clock), random_(seed), memory_(std::make_unique<storage::MemoryHome>()) {}

  /// Opened, but with its writer still to be started.
  void open() {
    storage::StoreOptions options;
    options.region = RegionId(region_);
    options.writer.random = [this] { return random_.next() | 1; };
    storage::StoreHome home = memory_->door();
    home.engine = std::make_unique<DoomedEngine>(std::move(home.engine), doomed_);
    auto opened = storage::Store::open(std::move(home), options, clock_);
    ASSERT_TRUE(opened.ok());
    store_ = std::move(*opened);
  }
  /// Nothing that is committed from now on survives crash(): the power is gone already, the process does not
  /// know it yet. The writer must have nothing under way.
  void doom() {
    doomed_ = true;
    memory_->disk().doom();
  }
  /// Ends the process' life. Of what was not doomed, what is queued still goes through.
  void crash() {
    store_->stop();
    store_.reset();
    memory_->lose_power(random_);
    doomed_ = false;
  }
  /// Makes a closed store another life of itself, as after a restore from a backup: same data, another epoch.
  void change_epoch() {
    storage::StoreIdentity identity = storage::decode_identity(memory_->disk().contents("identity")).value();
    identity.epoch = Epoch(random_.next() | 1);
    memory_->disk().set_contents("identity", storage::encode_identity(identity));
  }

  storage::Store& store() { return *store_; }
  const std::string& region() const { return region_; }
  storage::TablePointer table() { return store_->catalog().snapshot()->find("T"); }

  Status write(std::function<Status(storage::WriteTransaction&)> evaluate) {
    return submit_and_wait(store_->writer(), storage::WriteClass::kClient, std::move(evaluate));
  }
  void create_table() {
    ASSERT_TRUE(write([](storage::WriteTransaction& transaction) {
                  TableSchema schema;
                  schema.id = transaction.catalog().new_table_id();
                  schema.name = "T";
                  schema.key_schema.partition = {"id", ScalarType::kString};
                  return transaction.catalog().put_table(std::move(schema));
                }).ok());
  }
  Status drop_table() {
    return write([](storage::WriteTransaction& transaction) {
      const storage::TablePointer table = transaction.catalog().find("T");
      return table == nullptr ? Status() : transaction.catalog().drop_table(table->schema.id);
    });
  }
  void roll() {
    ASSERT_TRUE(write([](storage::WriteTransaction& transaction) {
                  const storage::TablePointer table = transaction.catalog().find("T");
                  return transaction.catalog().roll_shards(table->schema.id, "");
                }).ok());
  }
  /// Forgets every closed shard of the table (of `id`: it may be dropped), as if retention had passed.
  void trim_closed() { trim_closed(table()->schema.id); }
  void trim_closed(TableId id) {
    ASSERT_TRUE(write([id](storage::WriteTransaction& transaction) -> Status {
                  const storage::TablePointer table = transaction.catalog().find(id);
                  for (const storage::ShardDescriptor& shard : table->shards) {
                    if (!shard.open()) RETURN_IF_ERROR(transaction.catalog().trim_shard(shard.id));
                  }
                  return {};
                }).ok());
  }

  /// Writes `value`, or deletes without one.
  void put(const std::string& id, const std::optional<std::string>& value) {
    ASSERT_TRUE(write([&](storage::WriteTransaction& transaction) {
                  const storage::TablePointer table = transaction.catalog().find("T");
                  Item item{{"id", AttributeValue::string(id)}};
                  const ItemKey key = item_key(table->schema.key_schema, item, true).value();
                  if (!value) return transaction.items().erase(*table, key);
                  item.set("v", AttributeValue::string(*value));
                  return transaction.items().put(*table, key, encode_item(item));
                }).ok());
  }
  storage::StoredItem stored(const std::string& id) {
    storage::StoredItem result;
    const Status status = write([&](storage::WriteTransaction& transaction) -> Status {
      const storage::TablePointer table = transaction.catalog().find("T");
      if (table == nullptr) return {};
      const Item item{{"id", AttributeValue::string(id)}};
      ASSIGN_OR_RETURN(
          result, transaction.items().read(*table, item_key(table->schema.key_schema, item, true).value()));
      return {};
    });
    EXPECT_TRUE(status.ok());
    return result;
  }
  std::optional<std::string> get(const std::string& id) {
    const storage::StoredItem item = stored(id);
    if (!item.exists()) return std::nullopt;
    return decode_item(*item.image).value().find("v")->as_string();
  }
  std::vector<storage::Conflict> conflicts() {
    const auto rows = store_->engine().iterate(storage::Family::kConflicts, {});
    std::vector<storage::Conflict> conflicts;
    for (rows->seek_to_first(); rows->valid(); rows->next()) {
      conflicts.push_back(storage::decode_conflict(rows->value()).value());
    }
    return conflicts;
  }
  std::size_t conflict_count() { return conflicts().size(); }
  /// How far the table was taken over from `peer`.
  std::optional<TableProgress> progress(const std::string& peer) {
    const storage::TablePointer living = table();
    if (living == nullptr) return std::nullopt;
    const ReadRow row = [this](const storage::RoomRow& key) -> Result<std::optional<std::string>> {
      ASSIGN_OR_RETURN(const auto value,
                       store_->engine().get(storage::Family::kCatalog, key.key(), storage::ReadTier::kAll));
      return value ? std::optional(std::string(value->view())) : std::nullopt;
    };
    return load_progress(row, RegionId(peer), living->schema.id).value();
  }

  /// The keys of what is stored of `peer`'s tables, without their word.
  std::vector<std::string> progress_rows(const std::string& peer) {
    const std::string word(kProgressWord.word());
    const auto rows = store_->engine().iterate(storage::Family::kCatalog, {});
    std::vector<std::string> keys;
    for (rows->seek_to_first(); rows->valid(); rows->next()) {
      const std::string key(rows->key());
      const bool of_table = key.starts_with(word + peer + "/") && !key.ends_with("/catalog");
      if (of_table) keys.push_back(key.substr(word.size()));
    }
    return keys;
  }
  /// Makes it unreadable.
  void spoil_progress(const std::string& peer) {
    ASSERT_TRUE(write([&](storage::WriteTransaction& transaction) {
                  for (const std::string& key : progress_rows(peer)) {
                    transaction.rows().put(storage::RoomRow(kProgressWord, key), "\xff");
                  }
                  return Status();
                }).ok());
  }

 private:
  static constexpr storage::RowPrefix kProgressWord{"cursor/"};

  std::string region_;
  const Clock& clock_;
  SeededRandom random_;
  std::unique_ptr<storage::MemoryHome> memory_;
  bool doomed_ = false;
  std::unique_ptr<storage::Store> store_;
};

/// The status of the member `region` as `at` knows it; nullopt if it is none.
inline std::optional<ReplicaStatus> member_status(RegionFixture& at, const std::string& region) {
  const storage::TablePointer table = at.table();
  if (table == nullptr || !table->schema.group) return std::nullopt;
  const GroupMember* member = table->schema.group->find(RegionId(region));
  return member == nullptr ? std::nullopt : std::optional(member->status);
}

}  // namespace gyre::global_tables
