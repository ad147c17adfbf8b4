// SPDX-License-Identifier: Apache-2.0
#include "core/storage/expiry_rows.h"

#include <limits>

#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

const TimeToLive kOn{"ttl", true, 1};

std::string image_of(const std::string& name, std::optional<AttributeValue> ttl) {
  Item item{{"pk", AttributeValue::string(name)}};
  if (ttl) item.set("ttl", *ttl);
  return encode_item(item);
}

AttributeValue number(std::string_view text) {
  return AttributeValue::number(ok(Number::parse(text)));
}

TEST(ExpirySecond, IsTheNumberInWholeSeconds) {
  const auto second = [](std::optional<AttributeValue> value) {
    return expiry_second(kOn, image_of("a", std::move(value)));
  };
  EXPECT_EQ(second(number("1800000000")), 1'800'000'000U);
  EXPECT_EQ(second(number("1800000000.75")), 1'800'000'000U);
  EXPECT_EQ(second(number("18446744073709551615")), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(second(number("18446744073709551616")), std::nullopt);
  EXPECT_EQ(second(number("1E125")), std::nullopt);
  EXPECT_EQ(second(number("0")), std::nullopt);
  EXPECT_EQ(second(number("0.5")), std::nullopt);
  EXPECT_EQ(second(number("-5")), std::nullopt);
  EXPECT_EQ(second(AttributeValue::string("1800000000")), std::nullopt);
  EXPECT_EQ(second(std::nullopt), std::nullopt);
}

TEST(ExpiryRow, IsReadAsItWasWritten) {
  const ExpiryRow row{1'800'000'000, item_row(TableId(7), test_key("a"))};
  EXPECT_EQ(ok(read_expiry_row(encode_expiry_row(row))), row);
  EXPECT_EQ(code_of(read_expiry_row(expiry_cursor_row(TableId(7)))), ErrorCode::kCorruption);
  EXPECT_EQ(code_of(read_expiry_row("short")), ErrorCode::kCorruption);
}

TEST(ExpiryRow, LiesInTheRangeOfItsSecondAndTable) {
  const std::string row = encode_expiry_row({100, item_row(TableId(7), test_key("a"))});
  const auto within = [&row](const std::pair<std::string, std::string>& range) {
    return range.first <= row && row < range.second;
  };
  EXPECT_TRUE(within(expiry_rows(TableId(7))));
  EXPECT_TRUE(within(expiry_rows(TableId(7), 100, 100)));
  EXPECT_TRUE(within(expiry_rows(TableId(7), 1, std::numeric_limits<std::uint64_t>::max())));
  EXPECT_FALSE(within(expiry_rows(TableId(7), 1, 99)));
  EXPECT_FALSE(within(expiry_rows(TableId(7), 101, 200)));
  EXPECT_FALSE(within(expiry_rows(TableId(8))));
}

class ExpiryIndex : public ::testing::Test {
 protected:
  TablePointer set_time_to_live(const TablePointer& table, std::optional<TimeToLive> time_to_live) {
    EXPECT_TRUE(harness
                    .write([&](WriteTransaction& transaction) {
                      TableSchema schema = table->schema;
                      schema.time_to_live = time_to_live;
                      return transaction.catalog().put_table(schema);
                    })
                    .ok());
    return harness.catalog.snapshot()->find(table->schema.id);
  }
  void put(const TableEntry& table, const std::string& name, std::optional<AttributeValue> ttl) {
    EXPECT_TRUE(harness
                    .write([&](WriteTransaction& transaction) {
                      return transaction.items().put(table, test_key(name), image_of(name, ttl));
                    })
                    .ok());
  }
  // "SECOND NAME" of each row, and "cursor".
  std::vector<std::string> rows(TableId table) {
    auto [lower, upper] = expiry_rows(table);
    const auto found = engine->iterate(Family::kIndexes, {.lower = lower, .upper = upper});
    std::vector<std::string> rows;
    for (found->seek_to_first(); found->valid(); found->next()) {
      if (found->key() == expiry_cursor_row(table)) {
        rows.emplace_back("cursor");
        continue;
      }
      const ExpiryRow row = ok(read_expiry_row(found->key()));
      const ItemKey key = ok(read_item_row(row.item_row, test_keys()));
      rows.push_back(std::to_string(row.second) + " " +
                     ok(key_attributes(test_keys(), key)).find("pk")->as_string());
    }
    return rows;
  }

  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
};

TEST_F(ExpiryIndex, FollowsItsItems) {
  const TablePointer table = set_time_to_live(harness.create_table("orders"), kOn);
  const TableId id = table->schema.id;
  EXPECT_THAT(rows(id), testing::ElementsAre("cursor"));
  put(*table, "late", number("200"));
  put(*table, "soon", number("100"));
  put(*table, "never", std::nullopt);
  EXPECT_THAT(rows(id), testing::ElementsAre("cursor", "100 soon", "200 late"));
  put(*table, "soon", number("300"));
  EXPECT_THAT(rows(id), testing::ElementsAre("cursor", "200 late", "300 soon"));
  put(*table, "soon", AttributeValue::string("300"));
  ASSERT_TRUE(harness.erase(*table, "late").ok());
  EXPECT_THAT(rows(id), testing::ElementsAre("cursor"));
}

TEST_F(ExpiryIndex, GoesWithTimeToLiveAndWithTheTable) {
  TablePointer table = set_time_to_live(harness.create_table("orders"), kOn);
  const TableId id = table->schema.id;
  put(*table, "a", number("100"));
  table = set_time_to_live(table, TimeToLive{"ttl", false, 2});
  EXPECT_THAT(rows(id), testing::IsEmpty());
  put(*table, "b", number("100"));
  EXPECT_THAT(rows(id), testing::IsEmpty());
  table = set_time_to_live(table, TimeToLive{"other", true, 3});
  EXPECT_THAT(rows(id), testing::ElementsAre("cursor"));
  ASSERT_TRUE(
      harness.write([&](WriteTransaction& transaction) { return transaction.catalog().drop_table(id); })
          .ok());
  EXPECT_THAT(rows(id), testing::IsEmpty());
}

TEST_F(ExpiryIndex, ATableThatIsBornWithTimeToLiveHasNothingToAdd) {
  TableSchema schema;
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    schema = test_schema(transaction.catalog().new_table_id(), "orders");
                    schema.time_to_live = kOn;
                    return transaction.catalog().put_table(schema);
                  })
                  .ok());
  EXPECT_THAT(rows(schema.id), testing::IsEmpty());
}

TEST_F(ExpiryIndex, AnExpiryIsARemoveOfThisRegionAndLeavesATombstoneToReplicasOnly) {
  for (const bool is_replicated : {false, true}) {
    const TablePointer table =
        set_time_to_live(harness.create_table(is_replicated ? "shared" : "alone", is_replicated), kOn);
    put(*table, "a", number("100"));
    const Version before = harness.read(*table, "a").version;
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) -> Status {
                      ASSIGN_OR_RETURN(const StoredItem stored,
                                       transaction.items().read(*table, test_key("a")));
                      VersionedWrite expiry;
                      expiry.version = expiry_of(stored.version);
                      expiry.vector = stored.vector;
                      expiry.origin = {transaction.region(), table->schema.incarnation, {}};
                      return transaction.items().put_version(*table, test_key("a"), expiry);
                    })
                    .ok());
    const StoredItem after = harness.read(*table, "a");
    EXPECT_FALSE(after.exists());
    EXPECT_EQ(after.tombstone(), is_replicated);
    const ChangeRecord record = harness.records(table->schema.id).back();
    EXPECT_EQ(record.kind, ChangeKind::kRemove);
    EXPECT_EQ(record.version.clock, before.clock + 1);
    EXPECT_TRUE(is_expiry(record.version));
    EXPECT_EQ(record.origin, (Origin{RegionId("here"), IncarnationId(7), record.sequence}));
    EXPECT_THAT(rows(table->schema.id), testing::ElementsAre("cursor"));
    put(*table, "a", std::nullopt);
    EXPECT_GT(harness.read(*table, "a").version, record.version);
  }
}

}  // namespace
}  // namespace gyre::storage
