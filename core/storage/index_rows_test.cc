// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_rows.h"

#include <gtest/gtest.h>

#include "core/engine/memory/memory_engine.h"
#include "core/model/index_keys.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

AttributeValue S(std::string text) {
  return AttributeValue::string(std::move(text));
}

IndexSchema test_index(std::uint64_t id, const std::string& name, ProjectionType projection) {
  IndexSchema index;
  index.id = IndexId(id);
  index.name = name;
  index.partition = {{"group", ScalarType::kString}};
  index.sort = {{"rank", ScalarType::kNumber}};
  index.projection = projection;
  if (projection == ProjectionType::kInclude) index.non_key_attributes = {"extra"};
  return index;
}

Item test_item(const std::string& pk, const std::string& group, std::int64_t rank,
               const std::string& extra = "", const std::string& rest = "") {
  Item item = {{"pk", S(pk)}, {"group", S(group)}, {"rank", AttributeValue::number(Number::from_int(rank))}};
  if (!extra.empty()) item.set("extra", S(extra));
  if (!rest.empty()) item.set("rest", S(rest));
  return item;
}

class IndexRows : public testing::Test {
 protected:
  IndexRows() {
    EXPECT_TRUE(machine_
                    .write([&](WriteTransaction& transaction) {
                      id_ = transaction.catalog().new_table_id();
                      TableSchema schema = test_schema(id_, "table");
                      schema.indexes = {test_index(1, "all", ProjectionType::kAll),
                                        test_index(2, "some", ProjectionType::kInclude),
                                        test_index(3, "keys", ProjectionType::kKeysOnly)};
                      return transaction.catalog().put_table(schema);
                    })
                    .ok());
  }

  TablePointer table() const { return machine_.catalog.snapshot()->find(id_); }
  Status put(const Item& item) {
    return machine_.write([&](WriteTransaction& transaction) {
      return transaction.items().put(*table(), ok(item_key(test_keys(), item, false)), encode_item(item));
    });
  }
  Status change_indexes(const std::function<void(std::vector<IndexSchema>&)>& change) {
    return machine_.write([&](WriteTransaction& transaction) {
      TableSchema schema = table()->schema;
      change(schema.indexes);
      return transaction.catalog().put_table(schema);
    });
  }

  /// The images of an index, in order.
  std::vector<Item> entries(std::size_t which) const { return entries_of(table()->schema.indexes.at(which)); }
  std::vector<Item> entries_of(const IndexSchema& index) const {
    const auto [lower, upper] = index_rows(index.id);
    const auto rows = engine_->iterate(Family::kIndexes, {.lower = lower, .upper = upper});
    std::vector<Item> items;
    for (rows->seek_to_first(); rows->valid(); rows->next()) {
      const IndexEntry entry = ok(read_index_entry(rows->value()));
      Item item = ok(decode_item(entry.image));
      EXPECT_EQ(entry.dynamodb_bytes, dynamodb_size(item));
      const IndexRowKeys keys = ok(read_index_row(rows->key(), index, test_keys()));
      EXPECT_EQ(keys.item, ok(item_key(test_keys(), key_of(test_keys(), item), true)));
      EXPECT_EQ(index_row(index.id, keys.index, item_row(id_, keys.item)), rows->key());
      items.push_back(std::move(item));
    }
    return items;
  }

  std::unique_ptr<MemoryEngine> engine_ = MemoryEngine::create();
  MachineHarness machine_{*engine_};
  TableId id_;
};

TEST_F(IndexRows, HoldWhatTheirProjectionSays) {
  ASSERT_TRUE(put(test_item("a", "g", 1, "more", "most")).ok());
  EXPECT_EQ(entries(0), std::vector{test_item("a", "g", 1, "more", "most")});
  EXPECT_EQ(entries(1), std::vector{test_item("a", "g", 1, "more")});
  EXPECT_EQ(entries(2), std::vector{test_item("a", "g", 1)});
}

TEST_F(IndexRows, SortByTheIndexKeyAndThenByTheItemsOwn) {
  for (const Item& item : {test_item("c", "g", 2), test_item("b", "g", -10), test_item("a", "g", 2)}) {
    ASSERT_TRUE(put(item).ok());
  }
  EXPECT_EQ(entries(2),
            (std::vector{test_item("b", "g", -10), test_item("a", "g", 2), test_item("c", "g", 2)}));
}

TEST_F(IndexRows, FollowTheirItem) {
  ASSERT_TRUE(put(test_item("a", "g", 1)).ok());
  ASSERT_TRUE(put(test_item("a", "h", 1)).ok());
  EXPECT_EQ(entries(0), std::vector{test_item("a", "h", 1)});
  ASSERT_TRUE(put({{"pk", S("a")}, {"group", S("h")}}).ok());  // no rank: sparse
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(entries(i).empty());
  ASSERT_TRUE(put(test_item("a", "h", 1)).ok());
  ASSERT_TRUE(machine_.erase(*table(), "a").ok());
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 0U);
}

TEST_F(IndexRows, AreNotWrittenAgainIfTheyStayAsTheyAre) {
  const auto changes = [&](const Item& before, const Item& after) {
    std::vector<IndexChange> changes;
    const ItemKey key = ok(item_key(test_keys(), after, false));
    EXPECT_TRUE(add_index_changes(table()->schema, item_row(id_, key), encode_item(before),
                                  encode_item(after), changes)
                    .ok());
    return changes.size();
  };
  const Item item = test_item("a", "g", 1, "more", "most");
  EXPECT_EQ(changes(item, item), 0U);
  EXPECT_EQ(changes(item, test_item("a", "g", 1, "more", "least")), 1U);  // ALL
  EXPECT_EQ(changes(item, test_item("a", "g", 1, "less", "most")), 2U);   // ALL and INCLUDE
  EXPECT_EQ(changes(item, test_item("a", "g", 2, "more", "most")), 6U);   // each leaves one place for another
}

TEST_F(IndexRows, AreToldWithTheirSizesForTheBill) {
  const Item item = test_item("a", "g", 1, "more", "most");
  ASSERT_TRUE(put(item).ok());
  // Each as "index: bytes before > bytes after", with "!" for a moved one.
  const auto told = [&](const std::optional<Item>& after) {
    std::string text;
    EXPECT_FALSE(
        machine_
            .write([&](WriteTransaction& transaction) -> Status {
              RETURN_IF_ERROR(after ? transaction.items().put(*table(), test_key("a"), encode_item(*after))
                                    : transaction.items().erase(*table(), test_key("a")));
              for (const IndexWrite& write : ok(transaction.items().index_writes(*table(), test_key("a")))) {
                text += write.index + (write.moved ? "! " : ": ") +
                        (write.bytes_before ? std::to_string(*write.bytes_before) : "none") + " > " +
                        (write.bytes_after ? std::to_string(*write.bytes_after) : "none") + "; ";
              }
              return Error::validation("only asked");
            })
            .ok());
    return text;
  };
  EXPECT_EQ(told(item), "");
  EXPECT_EQ(told(test_item("a", "g", 1, "more", "least")), "all: 32 > 33; ");
  EXPECT_EQ(told(test_item("a", "g", 2, "more", "most")), "all! 32 > 32; some! 24 > 24; keys! 15 > 15; ");
  EXPECT_EQ(told(Item{{"pk", S("a")}}), "all: 32 > none; some: 24 > none; keys: 15 > none; ");
  EXPECT_EQ(told(std::nullopt), "all: 32 > none; some: 24 > none; keys: 15 > none; ");
}

TEST_F(IndexRows, LocalWritesOfOneRequestLeaveTheLastOne) {
  ASSERT_TRUE(machine_
                  .write([&](WriteTransaction& transaction) -> Status {
                    for (const std::int64_t rank : {1, 2, 3}) {
                      RETURN_IF_ERROR(transaction.items().put(*table(), test_key("a"),
                                                              encode_item(test_item("a", "g", rank))));
                    }
                    return {};
                  })
                  .ok());
  EXPECT_EQ(entries(0), std::vector{test_item("a", "g", 3)});
}

TEST_F(IndexRows, DecidedWritesKeepThemToo) {
  const auto decided = [&](std::optional<std::string> image, HybridTime clock) {
    return machine_.write([&](WriteTransaction& transaction) {
      VersionedWrite write;
      write.image = std::move(image);
      write.version = {clock, RegionId("there")};
      return transaction.items().put_version(*table(), test_key("a"), std::move(write));
    });
  };
  ASSERT_TRUE(decided(encode_item(test_item("a", "g", 1)), 10).ok());
  ASSERT_TRUE(decided(encode_item(test_item("a", "g", 2)), 20).ok());
  EXPECT_EQ(entries(0), std::vector{test_item("a", "g", 2)});
  ASSERT_TRUE(decided(std::nullopt, 30).ok());
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 0U);
}

TEST_F(IndexRows, GoWithTheirIndexAndTheirTable) {
  ASSERT_TRUE(put(test_item("a", "g", 1)).ok());
  const IndexSchema removed = table()->schema.indexes[1];
  ASSERT_TRUE(change_indexes([](auto& indexes) { indexes.erase(indexes.begin() + 1); }).ok());
  EXPECT_TRUE(entries_of(removed).empty());
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 2U);
  ASSERT_TRUE(
      machine_.write([&](WriteTransaction& transaction) { return transaction.catalog().drop_table(id_); })
          .ok());
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 0U);
}

TEST_F(IndexRows, OfAnIndexThatIsBeingDeletedAreLeftAlone) {
  ASSERT_TRUE(change_indexes([](auto& indexes) { indexes[0].status = IndexStatus::kDeleting; }).ok());
  ASSERT_TRUE(put(test_item("a", "g", 1)).ok());
  EXPECT_TRUE(entries(0).empty());
  EXPECT_EQ(entries(1).size(), 1U);
}

TEST_F(IndexRows, OfEarlierItemsAreAddedToANewIndex) {
  ASSERT_TRUE(put(test_item("a", "g", 1)).ok());
  ASSERT_TRUE(put({{"pk", S("b")}, {"group", AttributeValue::null()}}).ok());
  ASSERT_TRUE(change_indexes([](auto& indexes) {
                indexes.push_back(test_index(4, "new", ProjectionType::kAll));
              }).ok());
  ASSERT_TRUE(put(test_item("c", "g", 2)).ok());  // indexed at once
  EXPECT_EQ(entries(3), std::vector{test_item("c", "g", 2)});
  ASSERT_TRUE(machine_
                  .write([&](WriteTransaction& transaction) -> Status {
                    for (const char* name : {"a", "b", "c", "gone"}) {
                      RETURN_IF_ERROR(transaction.items().add_to_index(*table(), IndexId(4), test_key(name)));
                    }
                    return {};
                  })
                  .ok());
  EXPECT_EQ(entries(3), (std::vector{test_item("a", "g", 1), test_item("c", "g", 2)}));
}

TEST_F(IndexRows, FailedRequestsLeaveNone) {
  EXPECT_FALSE(machine_
                   .write([&](WriteTransaction& transaction) -> Status {
                     RETURN_IF_ERROR(transaction.items().put(*table(), test_key("a"),
                                                             encode_item(test_item("a", "g", 1))));
                     return Error::validation("changed my mind");
                   })
                   .ok());
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 0U);
}

TEST(IndexEntry, OfAnotherFormatIsCorruption) {
  EXPECT_EQ(code_of(read_index_entry("\x02")), ErrorCode::kCorruption);
  EXPECT_EQ(code_of(read_index_entry("")), ErrorCode::kCorruption);
}

}  // namespace
}  // namespace gyre::storage
