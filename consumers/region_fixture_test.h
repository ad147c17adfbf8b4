// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "consumers/consumer_gate.h"
#include "core/base/clock.h"
#include "core/model/item_codec.h"
#include "core/model/key.h"
#include "core/storage/row_keys.h"
#include "core/storage/store.h"
#include "core/storage/testing/memory_home.h"
#include "streams/transport/stream_server.h"

namespace gyre::consumers {

/// A region in memory, with a stream server if asked for, and tables whose partition key is "id" (S): what
/// tests of this room consume.
class RegionFixture {
 public:
  explicit RegionFixture(bool serve = false) {
    storage::StoreOptions options;
    options.region = RegionId("here");
    auto opened = storage::Store::open(storage::new_memory_home(), options, clock_);
    CHECK(opened.ok());
    store_ = std::move(*opened);
    gate_ = std::make_unique<StoreConsumerGate>(*store_);
    if (serve) {
      auto bound = streams::StreamServer::bind({.endpoint = "tcp://127.0.0.1:*"}, *store_, gate_.get());
      CHECK(bound.ok());
      server_ = std::move(*bound);
      store_->writer().add_listener(&server_->listener());
    }
    store_->writer().start();
    if (server_) server_->start();
  }
  ~RegionFixture() {
    if (server_) server_->stop();
    store_->stop();
  }

  storage::Store& store() { return *store_; }
  StoreConsumerGate& gate() { return *gate_; }
  std::string endpoint() const { return server_->endpoint(); }
  const Clock& clock() const { return clock_; }
  storage::TablePointer table(const std::string& name) { return store_->catalog().snapshot()->find(name); }

  Status write(std::function<Status(storage::WriteTransaction&)> evaluate) {
    return storage::submit_and_wait(store_->writer(), storage::WriteClass::kClient, std::move(evaluate));
  }
  void create_table(const std::string& name) {
    CHECK(write([&](storage::WriteTransaction& transaction) {
            TableSchema schema;
            schema.id = transaction.catalog().new_table_id();
            schema.name = name;
            schema.key_schema.partition = {"id", ScalarType::kString};
            schema.incarnation = IncarnationId(1);
            return transaction.catalog().put_table(schema);
          }).ok());
  }
  void roll(const std::string& name) {
    CHECK(write([&](storage::WriteTransaction& transaction) {
            return transaction.catalog().roll_shards(transaction.catalog().find(name)->schema.id, "");
          }).ok());
  }
  void put(const std::string& table_name, const Item& item) {
    CHECK(write([&](storage::WriteTransaction& transaction) {
            const storage::TablePointer table = transaction.catalog().find(table_name);
            return transaction.items().put(*table, *item_key(table->schema.key_schema, item, false),
                                           encode_item(item));
          }).ok());
  }
  void put(const std::string& table_name, const std::string& id, const std::string& value) {
    put(table_name, {{"id", AttributeValue::string(id)}, {"do", AttributeValue::string(value)}});
  }
  std::optional<Item> get(const std::string& table_name, const std::string& id) {
    const storage::TablePointer entry = table(table_name);
    const ItemKey key = *item_key(entry->schema.key_schema, {{"id", AttributeValue::string(id)}}, true);
    const auto value = store_->engine().get(storage::Family::kItems, storage::item_row(entry->schema.id, key),
                                            storage::ReadTier::kAll);
    CHECK(value.ok());
    if (!*value) return std::nullopt;
    return *decode_item(storage::stored_image((*value)->view())->image);
  }
  /// A number attribute as text; empty if it is not there.
  std::string number(const std::string& table_name, const std::string& id, const std::string& attribute) {
    const std::optional<Item> item = get(table_name, id);
    const AttributeValue* value = item ? item->find(attribute) : nullptr;
    return value ? value->as_number().to_string() : "";
  }

 private:
  SystemClock clock_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<StoreConsumerGate> gate_;
  std::unique_ptr<streams::StreamServer> server_;
};

}  // namespace gyre::consumers
