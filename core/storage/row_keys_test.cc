// SPDX-License-Identifier: Apache-2.0
#include "core/storage/row_keys.h"

#include <limits>

#include "core/base/bytes.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

constexpr std::uint64_t kHashMax = std::numeric_limits<std::uint64_t>::max();

KeySchema with_sort() {
  return {{"pk", ScalarType::kBinary}, KeyAttribute{"sk", ScalarType::kNumber}};
}

ItemKey key(const std::string& partition, const std::string& sort) {
  return ok(item_key(
      with_sort(),
      {{"pk", AttributeValue::binary(partition)}, {"sk", AttributeValue::number(ok(Number::parse(sort)))}},
      true));
}

TEST(RowKeys, ItemRowReadsBackAsItsKey) {
  for (const std::string& partition : {std::string("a"), std::string("\0\1\0", 3), std::string("\xff\xff")}) {
    for (const char* sort : {"0", "-1.5", "1e125", "-1e-130"}) {
      const ItemKey wanted = key(partition, sort);
      const std::string row = item_row(TableId(9), wanted);
      EXPECT_EQ(ok(read_item_row(row, with_sort())), wanted);
      EXPECT_EQ(ok(row_hash(row)), wanted.partition_hash);
      EXPECT_TRUE(row.starts_with(partition_prefix(TableId(9), wanted)));
    }
  }
}

TEST(RowKeys, SortKeysOfOnePartitionAreInOrder) {
  std::string previous;
  for (const char* sort : {"-100", "-1.5", "-0.1", "0", "0.1", "2", "10"}) {
    const std::string row = item_row(TableId(9), key("a", sort));
    EXPECT_LT(previous, row);
    previous = row;
  }
}

TEST(RowKeys, DamagedRowsAreRefused) {
  const std::string row = item_row(TableId(9), key("abc", "5"));
  for (std::size_t size = 0; size < row.size(); ++size) {
    EXPECT_FALSE(read_item_row(row.substr(0, size), with_sort()).ok()) << size;
  }
  EXPECT_FALSE(read_item_row(row + "x", with_sort()).ok());
  std::string moved = row;
  moved[8] = static_cast<char>(moved[8] ^ 1);  // its hash
  EXPECT_FALSE(read_item_row(moved, with_sort()).ok());
}

TEST(RowKeys, RandomBytesNeverCrash) {
  SeededRandom random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random.below(40), '\0');
    for (char& c : bytes) c = static_cast<char>(random.next());
    (void)read_item_row(bytes, with_sort()).ok();
  }
}

TEST(RowKeys, HashRangesAreDisjointAndCoverTheTable) {
  const auto [first, last] = table_rows(TableId(3));
  EXPECT_EQ(hash_range_rows(TableId(3), 0, kHashMax),
            std::pair(hash_range_rows(TableId(3), 0, 5).first, last));
  EXPECT_EQ(hash_range_rows(TableId(3), 0, 99).second, hash_range_rows(TableId(3), 100, kHashMax).first);
  EXPECT_LE(first, hash_range_rows(TableId(3), 0, 99).first);
  const std::string row = item_row(TableId(3), key("a", "1"));
  const std::uint64_t hash = ok(row_hash(row));
  const auto [lower, upper] = hash_range_rows(TableId(3), hash, hash);
  EXPECT_TRUE(lower <= row && row < upper);
}

TEST(RowKeys, PrefixEndIsTheFirstKeyBehind) {
  EXPECT_EQ(prefix_end("ab"), "ac");
  EXPECT_EQ(prefix_end("a\xff"), "b");
  EXPECT_EQ(prefix_end("\xff\xff"), "");
}

}  // namespace
}  // namespace gyre::storage
