// SPDX-License-Identifier: Apache-2.0
#include "core/storage/history_check_test.h"

#include "core/storage/catalog_rows.h"
#include "core/storage/stored_item.h"
#include "core/storage/table_counts.h"

namespace gyre::storage {
namespace {

constexpr std::uint64_t kKeys = 12;
constexpr std::size_t kTablesMax = 3;

using Place = std::pair<TableId, std::string>;  // table, encoded key
using Fold = std::map<Place, ChangeRecord>;     // the newest record of each item

// Every record, by sequence, after a look at each shard by itself.
std::map<SequenceNumber, ChangeRecord> by_sequence(const std::vector<ChangeRecord>& records) {
  std::map<SequenceNumber, ChangeRecord> log;
  std::map<ShardId, ChangeRecord> newest;
  for (const ChangeRecord& record : records) {
    ChangeRecord& before = newest[record.shard];
    EXPECT_EQ(record.ordinal.value(), before.ordinal.value() + 1);
    EXPECT_EQ(record.cumulative_bytes, before.cumulative_bytes + encode_change_record(record).size());
    EXPECT_GE(record.commit_time, before.commit_time);
    before = record;
    EXPECT_TRUE(log.emplace(record.sequence, record).second) << "a sequence occurs twice";
  }
  return log;
}

Fold fold(const std::map<SequenceNumber, ChangeRecord>& log) {
  Fold newest;
  std::map<std::uint64_t, std::uint32_t> participants;
  HybridTime time = 0;
  for (const auto& [sequence, record] : log) {
    EXPECT_GE(record.commit_time, time);
    time = record.commit_time;
    if (record.transaction_id != 0) ++participants[record.transaction_id];
    if (record.kind == ChangeKind::kCatalog) continue;
    ChangeRecord& before = newest[{record.table, record.keys}];
    EXPECT_EQ(record.old_image, before.new_image);
    if (before.sequence != SequenceNumber()) {
      EXPECT_EQ(record.replaced.clock == 0 ? before.version : record.replaced, before.version);
    }
    before = record;
  }
  for (const auto& [sequence, record] : log) {
    if (record.transaction_id != 0) {
      EXPECT_EQ(participants[record.transaction_id], record.participant_count)
          << "a transaction is not whole";
    }
  }
  return newest;
}

void expect_rows(const Engine& engine, const CatalogSnapshot& catalog, Family family, Fold& newest) {
  const auto rows = engine.iterate(family, {});
  for (rows->seek_to_first(); rows->valid(); rows->next()) {
    ByteReader reader(rows->key());
    const TablePointer table = catalog.find(TableId(ok(reader.u64_be())));
    ASSERT_NE(table, nullptr);
    const KeySchema& schema = table->schema.key_schema;
    const ItemKey key = ok(read_item_row(rows->key(), schema));
    const StoredItem item = ok(decode_stored_item(rows->value()));
    const auto found = newest.find({table->schema.id, encode_item(ok(key_attributes(schema, key)))});
    ASSERT_NE(found, newest.end()) << "an item that no record made";
    EXPECT_EQ(item.image.value_or(""), found->second.new_image);
    EXPECT_EQ(item.version, found->second.version);
    EXPECT_EQ(item.vector, found->second.vector);
    EXPECT_EQ(item.sequence, found->second.sequence);
    newest.erase(found);
  }
}

// Every living table has its counts, and they are exact; no other table has any.
void expect_counts(const Engine& engine, const CatalogSnapshot& catalog) {
  std::map<std::string, TableCounts> expected;
  for (const auto& [id, table] : catalog.tables()) {
    if (!table->schema.deleted_ms) expected[counts_row(id)] = ok(count_rows(engine, table->schema));
  }
  std::map<std::string, TableCounts> found;
  const std::string prefix(kCountsPrefix);
  const auto rows = engine.iterate(Family::kCatalog, {.lower = prefix, .upper = prefix_end(prefix)});
  for (rows->seek_to_first(); rows->valid(); rows->next()) {
    found[std::string(rows->key())] = ok(decode_table_counts(rows->value()));
  }
  EXPECT_TRUE(found == expected) << "counts differ from the rows";
}

}  // namespace

void expect_consistent(const Engine& engine, const MachineHarness& harness) {
  const CatalogSnapshot& catalog = *harness.catalog.snapshot();
  expect_counts(engine, catalog);
  Fold newest = fold(by_sequence(harness.all_records()));
  expect_rows(engine, catalog, Family::kItems, newest);
  expect_rows(engine, catalog, Family::kTombstones, newest);
  for (const auto& [place, record] : newest) {
    const TablePointer table = catalog.find(place.first);
    if (table == nullptr || table->schema.deleted_ms) continue;
    EXPECT_EQ(record.new_image, "") << "an item is missing";
    EXPECT_FALSE(table->schema.replicated()) << "a tombstone is missing";
  }
}

int RandomHistory::submit(MachineHarness& harness) {
  const int number = number_++;
  harness.submit([this, number](WriteTransaction& transaction) {
    transaction.rows().put(done_row(number), "1");
    return any(transaction);
  });
  return number;
}

Status RandomHistory::any(WriteTransaction& transaction) {
  if (transaction.catalog().snapshot().names().empty()) return change_catalog(transaction);
  switch (random_.below(20)) {
    case 0:
      return change_catalog(transaction);
    case 1:
      RETURN_IF_ERROR(items(transaction, 2));
      return Error::validation("on second thoughts");
    case 2:
    case 3:
    case 4:
      return items(transaction, 1 + static_cast<int>(random_.below(6)));
    default:
      return items(transaction, 1);
  }
}

TablePointer RandomHistory::any_table(WriteTransaction& transaction) {
  const auto& names = transaction.catalog().snapshot().names();
  auto at = names.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(random_.below(names.size())));
  return transaction.catalog().find(at->second);
}

Status RandomHistory::items(WriteTransaction& transaction, int count) {
  const TablePointer table = any_table(transaction);
  for (; count > 0; --count) RETURN_IF_ERROR(write_one(transaction, *table));
  return {};
}

Status RandomHistory::write_one(WriteTransaction& transaction, const TableEntry& table) {
  const std::string name = "key" + std::to_string(random_.below(kKeys));
  const std::string image =
      test_image(name, std::string(random_.below(400), static_cast<char>('a' + random_.below(3))));
  const std::uint64_t choice = random_.below(10);
  if (choice < 6) return transaction.items().put(table, test_key(name), image);
  if (choice < 8 || !table.schema.replicated()) return transaction.items().erase(table, test_key(name));
  VersionedWrite write;
  if (choice == 8) write.image = image;
  remote_clock_ += 2;
  write.version = {remote_clock_, RegionId("there")};
  write.vector.observe(IncarnationId(8), remote_clock_);
  write.origin = {RegionId("there"), IncarnationId(8), SequenceNumber(remote_clock_)};
  // A request that wrote this item already may not decide it again: that answers an Error, and is discarded
  // whole.
  return transaction.items().put_version(table, test_key(name), std::move(write));
}

Status RandomHistory::change_catalog(WriteTransaction& transaction) {
  const auto& names = transaction.catalog().snapshot().names();
  if (names.size() < kTablesMax) {
    const TableId id = transaction.catalog().new_table_id();
    const TableSchema schema = test_schema(id, "table" + std::to_string(id.value()));
    return transaction.catalog().put_table(random_.below(2) == 0 ? replicated(schema) : schema);
  }
  const TablePointer table = any_table(transaction);
  if (random_.below(3) != 0) return transaction.catalog().roll_shards(table->schema.id, "");
  RETURN_IF_ERROR(transaction.catalog().drop_table(table->schema.id));
  const TablePointer dropped = transaction.catalog().find(table->schema.id);
  if (random_.below(2) == 0) return {};
  for (const ShardDescriptor& shard : dropped->shards)
    RETURN_IF_ERROR(transaction.catalog().trim_shard(shard.id));
  return {};
}

}  // namespace gyre::storage
