// SPDX-License-Identifier: Apache-2.0
#include "core/storage/table_counts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/engine/memory/memory_engine.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/harness_test.h"
#include "core/storage/index_build.h"

namespace gyre::storage {
namespace {

RC_GTEST_PROP(TableCounts, ComeBackAsTheyWereEncoded,
              (std::uint64_t rows, std::uint64_t bytes,
               const std::map<std::uint64_t, std::uint64_t>& indexes)) {
  TableCounts counts{{rows, bytes}, {}};
  for (const auto& [id, entries] : indexes) counts.indexes[IndexId(id)] = {entries, entries / 2};
  const std::string encoded = encode_table_counts(counts);
  RC_ASSERT(ok(decode_table_counts(encoded)) == counts);
  for (std::size_t length = 0; length < encoded.size(); ++length) {
    RC_ASSERT(code_of(decode_table_counts(encoded.substr(0, length))) == ErrorCode::kCorruption);
  }
  RC_ASSERT(code_of(decode_table_counts(encoded + "x")) == ErrorCode::kCorruption);
}

TEST(TableCounts, NeverFallBelowZero) {
  RowCount count{1, 10};
  add_delta(count, {-2, -5});
  EXPECT_EQ(count, (RowCount{0, 5}));
}

class CountedTable : public testing::Test {
 protected:
  RowCount items(const TableEntry& table) const { return machine_.machine->counts(table.schema.id).items; }

  std::unique_ptr<MemoryEngine> engine_ = MemoryEngine::create();
  MachineHarness machine_{*engine_};
};

TEST_F(CountedTable, CountsWhatIsPutReplacedAndErased) {
  const TablePointer table = machine_.create_table("table");
  EXPECT_EQ(items(*table), RowCount());
  ASSERT_TRUE(machine_.put(*table, "a", "1234").ok());
  ASSERT_TRUE(machine_.put(*table, "b", "").ok());
  EXPECT_EQ(items(*table), (RowCount{2, 12 + 8}));  // "pk" and "value" are 7 bytes, the key's value one
  ASSERT_TRUE(machine_.put(*table, "a", "1").ok());
  ASSERT_TRUE(machine_.put(*table, "a", "1").ok());
  EXPECT_EQ(items(*table), (RowCount{2, 9 + 8}));
  ASSERT_TRUE(machine_.erase(*table, "a").ok());
  ASSERT_TRUE(machine_.erase(*table, "a").ok());
  EXPECT_EQ(items(*table), (RowCount{1, 8}));
}

TEST_F(CountedTable, IsFoundCountedByTheNextStart) {
  const TablePointer table = machine_.create_table("table");
  ASSERT_TRUE(machine_.put(*table, "a", "1").ok());
  machine_.restart();
  EXPECT_EQ(items(*table), (RowCount{1, 9}));
}

TEST_F(CountedTable, LeavesNoCountsWhenItIsDropped) {
  const TablePointer table = machine_.create_table("table");
  ASSERT_TRUE(machine_.put(*table, "a", "1").ok());
  const TableId id = table->schema.id;
  ASSERT_TRUE(
      machine_.write([&](WriteTransaction& transaction) { return transaction.catalog().drop_table(id); })
          .ok());
  EXPECT_EQ(machine_.machine->counts(id), TableCounts());
  EXPECT_FALSE(ok(engine_->get(Family::kCatalog, counts_row(id), ReadTier::kAll)).has_value());
}

}  // namespace
}  // namespace gyre::storage
