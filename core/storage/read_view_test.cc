// SPDX-License-Identifier: Apache-2.0
#include "core/storage/read_view.h"

#include <gtest/gtest.h>

#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

class Reads : public ::testing::Test {
 protected:
  ReadView view() { return ReadView(*engine, *harness.memory); }
  ItemRow row(const std::string& name) const { return {table->schema.id, test_key(name)}; }
  void put(const std::string& name, const std::string& value) {
    ASSERT_TRUE(harness.put(*table, name, value).ok());
  }
  static std::string image_of(const ItemReading& reading) {
    return ok(reading) ? std::string((*reading)->image()) : "nothing";
  }
  std::string item(const std::string& name) {
    return image_of(view().item(table->schema, row(name), ReadTier::kAll));
  }
  std::vector<std::string> images(const std::vector<std::string>& names, const ReadMoment& moment = nullptr) {
    std::vector<ItemRow> rows;
    for (const std::string& name : names) rows.push_back(row(name));
    std::vector<const ItemRow*> wanted;
    for (const ItemRow& one : rows) wanted.push_back(&one);
    std::vector<std::string> images;
    for (const ItemReading& reading : moment != nullptr ? view().items_at(moment, wanted, ReadTier::kAll)
                                                        : view().items(wanted, ReadTier::kAll)) {
      images.push_back(image_of(reading));
    }
    return images;
  }
  static std::vector<std::string> scan(Result<TableScan> scan, const KeySchema& keys) {
    std::vector<std::string> found;
    TableScan rows = ok(std::move(scan));
    for (; rows.valid(); rows.step()) {
      EXPECT_EQ(ItemRow(TableId(), ok(rows.key(keys))).bytes().substr(8), rows.place().substr(8));
      found.push_back(ok(rows.stored()).image.value_or("tombstone"));
    }
    EXPECT_TRUE(rows.status().ok());
    return found;
  }

  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
  TablePointer table = harness.create_table("orders");
};

// Some are in memory, since they were written or read last, and some only in the engine: it must not show.
TEST_F(Reads, ManyItemsAreWhatEachOfThemIs) {
  put("a", "1");
  put("b", "2");
  harness.restart();  // memory is empty
  put("c", "3");
  EXPECT_EQ(item("b"), test_image("b", "2"));
  const std::vector<std::string> names = {"c", "none", "a", "b", "a"};
  std::vector<std::string> expected;
  for (const std::string& name : names) expected.push_back(item(name));
  EXPECT_EQ(images(names), expected);
  EXPECT_EQ(expected, (std::vector<std::string>{test_image("c", "3"), "nothing", test_image("a", "1"),
                                                test_image("b", "2"), test_image("a", "1")}));
}

TEST_F(Reads, AnAcknowledgedWriteIsReadByAllDoors) {
  put("a", "1");
  const ReadMoment before = view().moment();
  EXPECT_EQ(item("a"), test_image("a", "1"));
  put("a", "2");
  EXPECT_EQ(item("a"), test_image("a", "2"));
  EXPECT_EQ(images({"a"}), std::vector<std::string>{test_image("a", "2")});
  ASSERT_TRUE(harness.erase(*table, "a").ok());
  EXPECT_EQ(item("a"), "nothing");
  EXPECT_EQ(images({"a"}), std::vector<std::string>{"nothing"});
  EXPECT_EQ(images({"a"}, before), std::vector<std::string>{test_image("a", "1")});
}

TEST_F(Reads, WhatIsInMemoryIsNotAskedOfTheEngine) {
  put("a", "1");
  EXPECT_EQ(item("a"), test_image("a", "1"));
  Batch batch;
  batch.erase(Family::kItems, row("a").bytes());
  ASSERT_TRUE(engine->apply(batch).ok());
  EXPECT_EQ(images({"a"}), std::vector<std::string>{test_image("a", "1")});
}

TEST_F(Reads, ARowAnswersTheErrorOfItsOwnItem) {
  put("a", "1");
  Batch batch;
  batch.put(Family::kItems, row("bad").bytes(), "\x01");
  ASSERT_TRUE(engine->apply(batch).ok());
  const ItemRow good = row("a");
  const ItemRow bad = row("bad");
  const auto read = view().items({&bad, &good}, ReadTier::kAll);
  ASSERT_FALSE(read[0].ok());
  EXPECT_EQ(read[0].error().code, ErrorCode::kCorruption);
  EXPECT_EQ(image_of(read[1]), test_image("a", "1"));
}

TEST_F(Reads, RowsOfARoomAreThoseOfItsPrefix) {
  const RowPrefix cursors("cursor/");
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) -> Status {
                    transaction.rows().put({cursors, "a/1"}, "one");
                    transaction.rows().put({cursors, "a/2"}, "two");
                    transaction.rows().put({cursors, "b/1"}, "other");
                    transaction.rows().put({RowPrefix("link/"), "a/1"}, "another");
                    return {};
                  })
                  .ok());
  std::vector<std::string> found;
  const auto note = [&](std::string_view value) -> Status {
    found.emplace_back(value);
    return {};
  };
  EXPECT_TRUE(view().each_row({cursors, "a/"}, note).ok());
  EXPECT_EQ(found, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(ok(view().row({cursors, "b/1"}, ReadTier::kAll)), "other");
  EXPECT_EQ(ok(view().row({cursors, "b/2"}, ReadTier::kAll)), std::nullopt);
  const auto stop = [](std::string_view) -> Status { return Error::corruption("stop"); };
  EXPECT_EQ(view().each_row({cursors, "a/"}, stop).error().code, ErrorCode::kCorruption);
}

TEST_F(Reads, AScanGoesOnBehindAPlaceAndSeesTombstonesIfAsked) {
  table = harness.create_table("shared", true);
  const TableId id = table->schema.id;
  const KeySchema keys = table->schema.key_schema;
  for (const char* name : {"a", "b", "c"}) put(name, name);
  ASSERT_TRUE(harness.erase(*table, "b").ok());
  const auto all = scan(view().scan({.table = id, .tombstones = true}), keys);
  EXPECT_EQ(all.size(), 3U);
  EXPECT_EQ(std::count(all.begin(), all.end(), "tombstone"), 1);
  EXPECT_EQ(scan(view().scan({.table = id}), keys).size(), 2U);
  TableScan first = ok(view().scan({.table = id, .tombstones = true}));
  const std::string place(first.place());
  EXPECT_EQ(scan(view().scan({.table = id, .after = place, .tombstones = true}), keys),
            std::vector<std::string>(all.begin() + 1, all.end()));
  const std::uint64_t hash = test_key("a").partition_hash;
  EXPECT_EQ(scan(view().scan({.table = id, .hash_first = hash, .hash_last = hash}), keys),
            std::vector<std::string>{test_image("a", "a")});
}

TEST_F(Reads, AScanRefusesAPlaceOfAnotherTable) {
  const TablePointer other = harness.create_table("other");
  const ItemRow elsewhere(other->schema.id, test_key("a"));
  const Result<TableScan> refused = view().scan({.table = table->schema.id, .after = elsewhere.bytes()});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
}

TEST_F(Reads, ConflictsComeInPages) {
  const TablePointer other = harness.create_table("other");
  const auto record = [&](const TablePointer& of, const std::string& image) {
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) -> Status {
                      Conflict conflict;
                      conflict.table = of->schema.id;
                      conflict.loser_image = image;
                      transaction.items().record_conflict(std::move(conflict));
                      return {};
                    })
                    .ok());
  };
  for (const char* image : {"1", "2", "3"}) record(table, image);
  record(other, "4");
  const auto page = [&](std::optional<TableId> of, const std::string& from, std::size_t max) {
    return ok(view().conflicts(of, from, max, 1 << 20));
  };
  std::vector<std::string> found;
  std::string next;
  do {
    const ConflictsRead read = page(table->schema.id, next, 2);
    for (const Conflict& conflict : read.conflicts) found.push_back(conflict.loser_image);
    next = read.next;
  } while (!next.empty());
  EXPECT_EQ(found, (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(page(std::nullopt, "", 100).conflicts.size(), 4U);
  EXPECT_EQ(ok(view().conflicts(table->schema.id, "", 100, 1)).conflicts.size(), 1U);
  // A place of another table shows nothing of it.
  EXPECT_EQ(page(table->schema.id, std::string(8, '\xff'), 100).conflicts.size(), 0U);
  EXPECT_EQ(page(other->schema.id, std::string(1, '\0'), 100).conflicts.size(), 1U);
}

}  // namespace
}  // namespace gyre::storage
