// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/table_size.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/storage/engine_memory.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

constexpr TableId kTable{7};

// `partitions` keys with `rows` items of 100 bytes each.
std::unique_ptr<storage::MemoryEngine> filled(int partitions, int rows) {
  auto engine = storage::MemoryEngine::create();
  const std::string value = storage::encode_stored_item(
      {.image = "image", .version = {2, RegionId("r")}, .vector = {}, .sequence = {}, .dynamodb_bytes = 100});
  storage::Batch batch;
  for (int i = 0; i < partitions; ++i) {
    ItemKey key;
    append_key_value(key.partition, AttributeValue::string(fmt::format("partition {}", i)));
    key.partition_hash = hash64(key.partition);
    for (int j = 0; j < rows; ++j) {
      key.sort.clear();
      append_key_value(key.sort, AttributeValue::number(Number::from_int(j)));
      batch.put(storage::Family::kItems, storage::item_row(kTable, key), value);
    }
  }
  engine->commit(batch, storage::Durability::kSync, [](storage::CommitOutcome, const std::string&) {});
  return engine;
}

TableSize estimate(const storage::Engine& engine) {
  const auto size = estimate_table_size(engine, kTable, storage::ReadTier::kAll);
  EXPECT_TRUE(size.ok());
  return size.ok() ? *size : TableSize();
}

TEST(TableSize, OfASmallTableIsExact) {
  const TableSize size = estimate(*filled(30, 30));
  EXPECT_EQ(size.items, 900U);
  EXPECT_EQ(size.bytes, 90'000U);
}

TEST(TableSize, OfALargeTableIsNear) {
  const TableSize size = estimate(*filled(20'000, 2));
  EXPECT_NEAR(static_cast<double>(size.items), 40'000, 6'000);
  EXPECT_EQ(size.bytes / 100, size.items);
}

TEST(TableSize, CountsNoFurtherThanItsLimitWhereFewKeysHoldAllRows) {
  EXPECT_EQ(estimate(*filled(1, static_cast<int>(limits::kTableSizeRowsMax) + 10)).items,
            limits::kTableSizeRowsMax);
}

}  // namespace
}  // namespace gyre::operations
