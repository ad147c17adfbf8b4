// SPDX-License-Identifier: Apache-2.0
#include "global-tables/shared_settings.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre::global_tables {
namespace {

IndexSchema index(const std::string& name, const std::string& key,
                  IndexStatus status = IndexStatus::kActive) {
  IndexSchema index;
  index.id = IndexId(1);
  index.name = name;
  index.partition = {{key, ScalarType::kString}};
  index.status = status;
  return index;
}

TableSchema table(HybridTime stamp, std::vector<IndexSchema> indexes) {
  TableSchema table;
  table.name = "T";
  table.settings_stamp = stamp;
  table.indexes = std::move(indexes);
  return table;
}

TableSchema adopt(const TableSchema& theirs, const TableSchema& mine) {
  return with_settings_of(theirs, mine);
}

TEST(SharedSettings, TheNewerStampSupersedes) {
  EXPECT_TRUE(settings_supersede(table(2, {}), table(1, {index("one", "a")})));
  EXPECT_FALSE(settings_supersede(table(1, {index("one", "a")}), table(2, {})));
}

TEST(SharedSettings, OfEqualStampsOneSideAlone) {
  const TableSchema one = table(1, {index("one", "a")});
  const TableSchema other = table(1, {index("one", "b")});
  EXPECT_NE(settings_supersede(one, other), settings_supersede(other, one));
  EXPECT_FALSE(settings_supersede(one, one));
}

TEST(SharedSettings, ANewIndexIsBuiltHere) {
  const TableSchema after =
      adopt(table(5, {index("one", "a"), index("two", "b")}), table(1, {index("one", "a")}));
  ASSERT_EQ(after.indexes.size(), 2U);
  EXPECT_EQ(after.indexes[0], index("one", "a"));
  EXPECT_EQ(after.indexes[1].id, IndexId());
  EXPECT_EQ(after.indexes[1].status, IndexStatus::kCreating);
  EXPECT_EQ(after.settings_stamp, 5U);
}

TEST(SharedSettings, AnIndexThatIsGoneOrGoesThereGoesHereToo) {
  const TableSchema mine = table(1, {index("one", "a"), index("two", "b")});
  const TableSchema after = adopt(table(5, {index("two", "b", IndexStatus::kDeleting)}), mine);
  EXPECT_EQ(after.indexes[0].status, IndexStatus::kDeleting);
  EXPECT_EQ(after.indexes[1].status, IndexStatus::kDeleting);
  EXPECT_EQ(after.settings_stamp, 5U);
}

TEST(SharedSettings, AnIndexMadeAnewWaitsUntilTheOldOneIsGone) {
  const TableSchema theirs = table(5, {index("one", "b")});
  TableSchema mine = adopt(theirs, table(1, {index("one", "a")}));
  EXPECT_EQ(mine.indexes[0].status, IndexStatus::kDeleting);
  EXPECT_EQ(mine.settings_stamp, 1U);
  EXPECT_EQ(adopt(theirs, mine), mine);
  mine.indexes.clear();
  mine = adopt(theirs, mine);
  EXPECT_EQ(mine.indexes[0].partition[0].name, "b");
  EXPECT_EQ(mine.settings_stamp, 5U);
}

TEST(SharedSettings, LocalIndexesStay) {
  IndexSchema local = index("local", "a");
  local.local = true;
  EXPECT_EQ(adopt(table(5, {}), table(1, {local})).indexes, std::vector<IndexSchema>{local});
}

}  // namespace
}  // namespace gyre::global_tables
