// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/collection_limit.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <utility>

#include "core/operations/capacity/collection_size.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;

constexpr std::string_view kRefused = "collection_too_large: Collection size exceeded.";

constexpr std::string_view kAlbums = R"({"TableName":"albums","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},
                            {"AttributeName":"year","AttributeType":"N"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
    "LocalSecondaryIndexes":[{"IndexName":"by_year","Projection":{"ProjectionType":"ALL"},"KeySchema":[
        {"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"year","KeyType":"RANGE"}]}]})";

std::string album(std::string_view pk, int sk, std::size_t bytes, std::string_view more = "") {
  return fmt::format(R"({{"pk":{{"S":"{}"}},"sk":{{"N":"{}"}},"notes":{{"S":"{}"}}{}}})", pk, sk,
                     std::string(bytes, 'n'), more);
}

ItemKey key_of(const TableSchema& table, const std::string& pk) {
  AttributeMap attributes;
  attributes.set("pk", AttributeValue::string(pk));
  attributes.set("sk", AttributeValue::number(Number::from_int(1)));
  return *item_key(table.key_schema, attributes, true);
}

/// A table "albums" with a local index, whose item collections may take 10,000 bytes, and one "plain"
/// without.
class ItemCollections : public testing::Test {
 protected:
  ItemCollections() : region_(nullptr, nullptr, MessageStyle::kCurrent, false, 10'000) {
    region_.create_table("plain", "N");
    region_.call("CreateTable", kAlbums);
  }

  std::string put(std::string_view pk, int sk, std::size_t bytes = 1000, std::string_view table = "albums",
                  std::string_view more = "") {
    return region_.call("PutItem",
                        fmt::format(R"({{"TableName":"{}","Item":{}}})", table, album(pk, sk, bytes, more)));
  }
  std::string set(std::string_view pk, int sk, std::string_view expression, std::string_view value) {
    return region_.call("UpdateItem",
                        fmt::format(
                            R"({{"TableName":"albums","Key":{{"pk":{{"S":"{}"}},"sk":{{"N":"{}"}}}},
                "UpdateExpression":"{}","ExpressionAttributeValues":{{":v":{}}}}})",
                            pk, sk, expression, value));
  }
  std::string erase(std::string_view pk, int sk) {
    return region_.call(
        "DeleteItem",
        fmt::format(R"({{"TableName":"albums","Key":{{"pk":{{"S":"{}"}},"sk":{{"N":"{}"}}}}}})", pk, sk));
  }
  // Puts items until one is refused; how many were taken.
  int fill(std::string_view pk, std::string_view more = "") {
    int taken = 0;
    while (taken < 100 && put(pk, taken, 1000, "albums", more) == "{}") ++taken;
    return taken;
  }

  TestRegion region_;
};

TEST_F(ItemCollections, GrowUpToTheirLimit) {
  EXPECT_THAT(fill("a"), testing::AllOf(testing::Ge(8), testing::Le(10)));
  EXPECT_EQ(put("a", 50), kRefused);
  EXPECT_EQ(fill("b"), fill("c")) << "each has its own limit";
}

TEST_F(ItemCollections, MayShrinkAndGrowAgain) {
  const int taken = fill("a");
  EXPECT_EQ(put("a", 0, 900), "{}");
  EXPECT_EQ(put("a", 1, 1000), "{}") << "as large as it was";
  EXPECT_EQ(erase("a", 2), "{}");
  EXPECT_EQ(erase("a", 3), "{}");
  EXPECT_EQ(put("a", taken), "{}");
  EXPECT_EQ(put("a", 2), "{}");
  EXPECT_EQ(put("a", 3), kRefused);
}

TEST_F(ItemCollections, CountTheEntriesOfLocalIndexes) {
  const int alone = fill("a");
  const int with_entries = fill("b", R"(,"year":{"N":"1965"})");
  EXPECT_THAT(with_entries, testing::AllOf(testing::Ge(alone / 2 - 1), testing::Le(alone / 2 + 1)));
}

TEST_F(ItemCollections, OfTablesWithoutLocalIndexesHaveNoLimit) {
  for (int i = 0; i < 30; ++i) EXPECT_EQ(put("a", i, 1000, "plain"), "{}");
}

TEST_F(ItemCollections, RefuseUpdatesThatMakeThemGrow) {
  fill("a");
  EXPECT_EQ(set("a", 0, "SET notes = :v", fmt::format(R"({{"S":"{}"}})", std::string(3000, 'n'))), kRefused);
  EXPECT_EQ(set("a", 0, "SET notes = :v", R"({"S":"short"})"), "{}");
}

TEST_F(ItemCollections, RefuseWholeBatches) {
  fill("a");
  EXPECT_EQ(region_.call("BatchWriteItem",
                         fmt::format(R"({{"RequestItems":{{"albums":[{{"PutRequest":{{"Item":{}}}}},
                             {{"PutRequest":{{"Item":{}}}}}]}}}})",
                                     album("b", 1, 10), album("a", 50, 1000))),
            kRefused);
  region_.expect("GetItem", R"({"TableName":"albums","Key":{"pk":{"S":"b"},"sk":{"N":"1"}}})", "{}");
}

TEST_F(ItemCollections, CancelTransactions) {
  fill("a");
  EXPECT_THAT(
      region_.call("TransactWriteItems",
                   fmt::format(R"({{"TransactItems":[{{"Put":{{"TableName":"albums","Item":{}}}}},
                               {{"Put":{{"TableName":"albums","Item":{}}}}}]}})",
                               album("b", 1, 10), album("a", 50, 1000))),
      HasSubstr(R"([None, ItemCollectionSizeLimitExceeded] "CancellationReasons":[{"Code":"None"},)"
                R"({"Code":"ItemCollectionSizeLimitExceeded","Message":"Collection size exceeded."}])"));
}

TEST_F(ItemCollections, AreToldOfAStatementInABatch) {
  fill("a");
  EXPECT_THAT(
      region_.call(
          "BatchExecuteStatement",
          fmt::format(
              R"({{"Statements":[{{"Statement":"INSERT INTO albums VALUE {{'pk':'a','sk':50,'notes':'{}'}}"}}]}})",
              std::string(1000, 'n'))),
      HasSubstr(
          R"("Error":{"Code":"ItemCollectionSizeLimitExceeded","Message":"Collection size exceeded."})"));
}

TEST(CollectionRoom, DecidesByItselfWhatMayGrow) {
  const CollectionRoom room{100};
  EXPECT_TRUE(room.check(0, 100).ok());
  EXPECT_TRUE(room.check(50, 150).ok());
  EXPECT_EQ(room.check(0, 101).error().code, ErrorCode::kCollectionTooLarge);
  EXPECT_TRUE(CollectionRoom{0}.check(500, 500).ok());
  EXPECT_TRUE(CollectionRoom{0}.check(500, 1).ok());
  EXPECT_TRUE(CollectionRoom().check(0, limits::kItemBytesMax).ok());
}

// What was admitted counts, though nothing of it was written yet.
TEST_F(ItemCollections, AdmissionsUseUpWhatIsFree) {
  const TableSchema table = region_.store().catalog().snapshot()->find("albums")->schema;
  constexpr std::uint64_t kLimit = 1'000'000'000;
  CollectionLimit limit(region_.store().reads(), kLimit);
  const std::uint64_t first = limit.admit(table, key_of(table, "a"), 1000).bytes;
  const std::uint64_t second = limit.admit(table, key_of(table, "b"), 1000).bytes;
  EXPECT_LE(first, kLimit);
  EXPECT_LE(second, first - 2000) << "with the entry in the index";
  EXPECT_EQ(limit.admit(table, key_of(table, "b"), 0).bytes, CollectionRoom().bytes) << "a delete";
}

// Items of random sizes, put over each other.
TEST(ItemCollectionSizes, StayBelowTheLimitAndReachIt) {
  constexpr std::uint64_t kLimit = 60'000;
  constexpr std::uint64_t kSlack = 10'000;  // for what one item adds beyond its own size
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    TestRegion region(nullptr, nullptr, MessageStyle::kCurrent, false, kLimit);
    region.call("CreateTable", kAlbums);
    const TableSchema table = region.store().catalog().snapshot()->find("albums")->schema;
    std::map<std::pair<std::string, int>, std::size_t> texts;  // how long each item's is
    for (int step = 0; step < 100; ++step) {
      const std::string pk = random() % 2 == 0 ? "a" : "b";
      const int sk = static_cast<int>(random() % 40);
      const std::size_t bytes = 1 + random() % 3000;
      const std::uint64_t before = region.store().reads().collection_bytes(table, key_of(table, pk));
      const std::string answer =
          region.call("PutItem", fmt::format(R"({{"TableName":"albums","Item":{}}})",
                                             album(pk, sk, bytes, R"(,"year":{"N":"1965"})")));
      std::size_t& text = texts[{pk, sk}];
      if (answer == "{}") {
        const std::uint64_t after = region.store().reads().collection_bytes(table, key_of(table, pk));
        ASSERT_LT(after, kLimit + kSlack) << seed;
        text = bytes;
      } else {
        ASSERT_EQ(answer, kRefused);
        ASSERT_GT(bytes, text) << seed;
        ASSERT_GT(before + bytes + kSlack, kLimit) << seed;
      }
    }
  }
}

}  // namespace
}  // namespace gyre::operations
