// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/item_codec.h"
#include "core/model/key.h"
#include "core/storage/change_record.h"
#include "core/storage/store.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::streams {

/// A region's store in memory with one table "T", whose partition key is "id": what tests of this room write
/// to.
class StoreFixture {
 public:
  explicit StoreFixture(const Clock& clock, storage::LogListener* listener = nullptr,
                        storage::Durability durability = storage::Durability::kSync)
      : clock_(clock), durability_(durability), memory_(std::make_unique<storage::MemoryHome>()) {
    open(listener);
    table_ = TableId(write([](storage::WriteTransaction& transaction) {
      TableSchema schema;
      schema.id = transaction.catalog().new_table_id();
      schema.name = std::string("T");
      schema.key_schema.partition = {"id", ScalarType::kString};
      return transaction.catalog().put_table(schema);
    })
                         ? store_->catalog().snapshot()->find("T")->schema.id
                         : TableId());
  }

  storage::Store& store() { return *store_; }
  TableId table() const { return table_; }
  storage::TablePointer entry() { return store_->catalog().snapshot()->find(table_); }

  bool write(std::function<Status(storage::WriteTransaction&)> evaluate) {
    return submit_and_wait(store_->writer(), storage::WriteClass::kClient, std::move(evaluate)).ok();
  }
  void put(const std::string& id, const std::string& value) {
    CHECK(write([&](storage::WriteTransaction& transaction) {
      const storage::TablePointer table = transaction.catalog().find("T");
      const Item item{{"id", AttributeValue::string(id)}, {"v", AttributeValue::string(value)}};
      return transaction.items().put(*table, *item_key(table->schema.key_schema, item, false),
                                     encode_item(item));
    }));
  }
  /// A write that another region accepted first.
  void put_foreign(const std::string& id, const std::string& value) {
    CHECK(write([&](storage::WriteTransaction& transaction) {
      const storage::TablePointer table = transaction.catalog().find("T");
      const Item item{{"id", AttributeValue::string(id)}, {"v", AttributeValue::string(value)}};
      storage::VersionedWrite foreign;
      foreign.image = encode_item(item);
      foreign.version = {transaction.clock().last_stamp() + 2, RegionId("elsewhere")};
      foreign.origin = {RegionId("elsewhere"), IncarnationId(7), SequenceNumber(1)};
      return transaction.items().put_version(*table, *item_key(table->schema.key_schema, item, false),
                                             std::move(foreign));
    }));
  }
  void roll() {
    CHECK(write([&](storage::WriteTransaction& transaction) {
      return transaction.catalog().roll_shards(table_, "");
    }));
  }
  void trim(ShardId shard) {
    CHECK(write(
        [&](storage::WriteTransaction& transaction) { return transaction.catalog().trim_shard(shard); }));
  }

 private:
  void open(storage::LogListener* listener) {
    storage::StoreOptions options;
    options.region = RegionId("here");
    options.durability = durability_;
    auto opened = storage::Store::open(memory_->door(), options, clock_);
    CHECK(opened.ok());
    store_ = std::move(*opened);
    if (listener != nullptr) store_->writer().add_listener(listener);
    store_->writer().start();
  }

  const Clock& clock_;
  const storage::Durability durability_;
  std::unique_ptr<storage::MemoryHome> memory_;
  std::unique_ptr<storage::Store> store_;
  TableId table_;
};

}  // namespace gyre::streams
