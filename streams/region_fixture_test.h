// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/base/clock.h"
#include "core/model/item_codec.h"
#include "core/model/key.h"
#include "core/storage/store.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::streams {

/// A region's store in memory with one table "Table1", whose key is "id": what tests of this room look at.
class RegionFixture {
 public:
  explicit RegionFixture(const Clock& clock) : memory_(std::make_unique<storage::MemoryHome>()) {
    storage::StoreOptions options;
    options.region = RegionId("us-east-1");
    store_ = storage::Store::open(memory_->door(), options, clock).value();
    store_->writer().start();
    make_table("Table1");
  }

  storage::Store& store() { return *store_; }
  storage::TablePointer table() { return store_->catalog().snapshot()->find("Table1"); }
  /// Of the stream enabled last.
  const std::string& label() const { return label_; }

  void make_table(const std::string& name) {
    write([&](storage::WriteTransaction& transaction) {
      TableSchema schema;
      schema.id = transaction.catalog().new_table_id();
      schema.name = name;
      schema.key_schema.partition = {"id", ScalarType::kString};
      return transaction.catalog().put_table(schema);
    });
  }
  /// As UpdateTable does it: a new descriptor, and a roll.
  void enable_stream(StreamViewType view_type) {
    label_ = "2026-11-21T08:15:30." + std::to_string(100 + ++streams_);
    change_streams([&](TableSchema& schema, std::uint64_t now_ms) {
      schema.streams.push_back({label_, view_type, now_ms, std::nullopt});
      return label_;
    });
  }
  void disable_stream() {
    change_streams([&](TableSchema& schema, std::uint64_t now_ms) {
      schema.streams.back().disabled_ms = now_ms;
      return std::string();
    });
  }
  void roll() {
    write([&](storage::WriteTransaction& transaction) {
      const storage::TablePointer table = transaction.catalog().find("Table1");
      const StreamDescriptor* stream = table->schema.enabled_stream();
      return transaction.catalog().roll_shards(table->schema.id, stream != nullptr ? stream->label : "");
    });
  }
  void trim(ShardId shard) {
    write([&](storage::WriteTransaction& transaction) { return transaction.catalog().trim_shard(shard); });
  }
  void put(const std::string& id, const std::string& value) {
    const Item item{{"id", AttributeValue::string(id)}, {"v", AttributeValue::string(value)}};
    write([&](storage::WriteTransaction& transaction) {
      const storage::TablePointer table = transaction.catalog().find("Table1");
      return transaction.items().put(*table, *item_key(table->schema.key_schema, item, false),
                                     encode_item(item));
    });
  }
  void erase(const std::string& id) {
    const Item key{{"id", AttributeValue::string(id)}};
    write([&](storage::WriteTransaction& transaction) {
      const storage::TablePointer table = transaction.catalog().find("Table1");
      return transaction.items().erase(*table, *item_key(table->schema.key_schema, key, true));
    });
  }
  /// The open shard that holds a key.
  storage::ShardDescriptor shard_of(const std::string& id) {
    const storage::TablePointer entry = table();
    const Item key{{"id", AttributeValue::string(id)}};
    return entry->open_shard(item_key(entry->schema.key_schema, key, true)->partition_hash);
  }

  void write(std::function<Status(storage::WriteTransaction&)> evaluate) {
    const Status status =
        storage::submit_and_wait(store_->writer(), storage::WriteClass::kClient, std::move(evaluate));
    if (!status.ok()) fatal(status.error().message);
  }

 private:
  template <class Change>
  void change_streams(Change&& change) {
    write([&](storage::WriteTransaction& transaction) -> Status {
      TableSchema schema = transaction.catalog().find("Table1")->schema;
      const std::string shown_by = change(schema, transaction.clock().now_ms());
      const TableId id = schema.id;
      RETURN_IF_ERROR(transaction.catalog().put_table(std::move(schema)));
      return transaction.catalog().roll_shards(id, shown_by);
    });
  }

  std::unique_ptr<storage::MemoryHome> memory_;
  std::unique_ptr<storage::Store> store_;
  std::string label_;
  int streams_ = 0;
};

}  // namespace gyre::streams
