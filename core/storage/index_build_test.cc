// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_build.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/engine/memory/memory_engine.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/harness_test.h"
#include "core/storage/index_rows.h"

namespace gyre::storage {
namespace {

AttributeValue S(std::string text) {
  return AttributeValue::string(std::move(text));
}
AttributeValue N(std::int64_t value) {
  return AttributeValue::number(Number::from_int(value));
}

/// One table with the key "pk", beside a plain map of its items; its indexes are built step by step.
class IndexBuild : public testing::Test {
 protected:
  IndexBuild() { id_ = machine_.create_table("table")->schema.id; }

  TablePointer table() const { return machine_.catalog.snapshot()->find(id_); }
  const IndexSchema* index(const std::string& name) const { return table()->schema.find_index(name); }

  void put(const Item& item) {
    const std::string pk = item.find("pk")->as_string();
    items_[pk] = item;
    ASSERT_TRUE(machine_
                    .write([&](WriteTransaction& transaction) {
                      return transaction.items().put(*table(), test_key(pk), encode_item(item));
                    })
                    .ok());
  }
  void erase(const std::string& pk) {
    items_.erase(pk);
    ASSERT_TRUE(machine_.erase(*table(), pk).ok());
  }
  void fill(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      put({{"pk", S("item " + std::to_string(i))}, {"group", S(i % 2 == 0 ? "even" : "odd")}});
    }
  }

  void change(const std::function<void(WriteTransaction&, TableSchema&)>& change) {
    ASSERT_TRUE(machine_
                    .write([&](WriteTransaction& transaction) {
                      TableSchema schema = table()->schema;
                      change(transaction, schema);
                      return transaction.catalog().put_table(schema);
                    })
                    .ok());
  }
  void create_index(const std::string& name, ProjectionType projection = ProjectionType::kAll) {
    change([&](WriteTransaction& transaction, TableSchema& schema) {
      IndexSchema index;
      index.id = transaction.catalog().new_index_id();
      index.name = name;
      index.partition = {{"group", ScalarType::kString}};
      index.projection = projection;
      index.status = IndexStatus::kCreating;
      schema.indexes.push_back(index);
    });
  }
  void delete_index(const std::string& name) {
    change([&](WriteTransaction&, TableSchema& schema) {
      for (IndexSchema& index : schema.indexes) {
        if (index.name == name) index.status = IndexStatus::kDeleting;
      }
    });
  }

  /// False if no index needs a step.
  bool step() {
    const auto unfinished = unfinished_indexes(*machine_.catalog.snapshot());
    if (unfinished.empty()) return false;
    const auto [table, index] = unfinished.front();
    const auto planned = ok(machine_.plan(table, index));
    EXPECT_TRUE(planned.has_value());
    take(*planned);
    check_counts();
    return true;
  }
  void take(const IndexStep& step) { ASSERT_TRUE(machine_.take(step).ok()); }
  void finish() {
    while (step()) {
    }
  }

  /// Every ACTIVE index holds exactly the entries of the items as they are, and nothing else stands there.
  void check() const {
    std::map<std::string, std::string> expected;
    for (const IndexSchema& index : table()->schema.indexes) {
      EXPECT_EQ(index.status, IndexStatus::kActive);
      for (const auto& [pk, item] : items_) {
        const auto entry =
            ok(index_entry(table()->schema, index, item_row(id_, test_key(pk)), encode_item(item)));
        if (entry) expected[entry->row] = *entry->value;
      }
    }
    std::map<std::string, std::string> found;
    const auto rows = engine_->iterate(Family::kIndexes, {});
    for (rows->seek_to_first(); rows->valid(); rows->next()) found.emplace(rows->key(), rows->value());
    EXPECT_EQ(found, expected);
    check_counts();
  }
  /// What is counted is what is there; of an index that is being built, once it is.
  void check_counts() const {
    TableCounts counted = machine_.machine->counts(id_);
    TableCounts there = ok(count_rows(*engine_, table()->schema));
    for (const IndexSchema& index : table()->schema.indexes) {
      if (index.status == IndexStatus::kActive) continue;
      counted.indexes.erase(index.id);
      there.indexes.erase(index.id);
    }
    EXPECT_EQ(counted, there);
  }

  std::unique_ptr<MemoryEngine> engine_ = MemoryEngine::create();
  MachineHarness machine_{*engine_};
  TableId id_;
  std::map<std::string, Item> items_;
};

TEST_F(IndexBuild, GoesFromCreatingOverBackfillingToActive) {
  fill(3);
  create_index("new");
  EXPECT_FALSE(index("new")->backfilling);
  for (int steps = 0; steps < 3; ++steps) {  // to begin, to fill, to flush
    step();
    EXPECT_EQ(index("new")->status, IndexStatus::kCreating);
    EXPECT_TRUE(index("new")->backfilling);
  }
  step();
  EXPECT_EQ(index("new")->status, IndexStatus::kActive);
  EXPECT_FALSE(index("new")->backfilling);
  EXPECT_FALSE(step());
  check();
}

TEST_F(IndexBuild, OfALargeTableTakesBoundedSteps) {
  fill(2 * limits::kIndexStepItems + 1);
  create_index("new");
  int steps = 0;
  while (step()) ++steps;
  EXPECT_EQ(steps, 6);  // one to begin, three to fill, one to flush, one to end
  check();
}

TEST_F(IndexBuild, PutsNoEntryIntoTheLog) {
  fill(2 * limits::kIndexStepItems);
  create_index("new");
  step();
  const int commits = machine_.commits;
  step();
  step();
  EXPECT_EQ(machine_.commits, commits);
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 2 * limits::kIndexStepItems);
  finish();
  EXPECT_EQ(machine_.commits, commits + 1);
  check();
}

TEST_F(IndexBuild, LosesInACrashWhatWasNotFlushedAndPutsItAgain) {
  fill(3 * limits::kIndexStepItems);
  create_index("new");
  step();
  step();
  ASSERT_TRUE(engine_->flush().ok());
  step();
  erase("item 0");
  erase("item " + std::to_string(3 * limits::kIndexStepItems - 1));
  machine_.restart_after_kill(*engine_);
  EXPECT_LE(machine_.count_rows(Family::kIndexes), limits::kIndexStepItems);
  finish();
  check();
}

TEST_F(IndexBuild, IsOverOnlyOnceACrashCannotUndoIt) {
  fill(limits::kIndexStepItems + 1);
  create_index("new");
  while (index("new")->status != IndexStatus::kActive) {
    step();
    if (index("new")->status == IndexStatus::kActive) machine_.restart_after_kill(*engine_);
  }
  check();
}

TEST_F(IndexBuild, IsDoneAgainByWhoeverFollowsTheLogFromItsBeginning) {
  fill(limits::kIndexStepItems + 1);
  create_index("new");
  finish();
  erase("item 1");
  Batch all;
  for (const Family family : kFamilies) all.erase_range(family, "", std::string(64, '\xff'));
  ASSERT_TRUE(engine_->apply(all).ok());
  machine_.restart();
  check();
}

TEST_F(IndexBuild, ThatIsInterruptedCountsNothing) {
  fill(1);
  create_index("new");
  step();
  step();
  step();
  const std::atomic<bool> interrupted = true;
  const IndexId id = index("new")->id;
  EXPECT_EQ(ok(plan_index_step(*engine_, *machine_.catalog.snapshot(), id_, id, interrupted)), std::nullopt);
  finish();
  check();
}

TEST_F(IndexBuild, GoesOnWhereACrashInterruptedIt) {
  fill(3 * limits::kIndexStepItems);
  create_index("new");
  int steps = 0;
  while (step()) {
    ++steps;
    machine_.restart();
  }
  EXPECT_EQ(steps, 6);
  EXPECT_EQ(ok(engine_->get(Family::kCatalog, index_build_row(index("new")->id).key(), ReadTier::kAll)),
            std::nullopt);
  check();
}

TEST_F(IndexBuild, TakesWritesThatComeMeanwhile) {
  fill(10);
  create_index("new");
  step();
  const auto planned = ok(machine_.plan(id_, index("new")->id));
  put({{"pk", S("item 1")}, {"group", S("moved")}});
  erase("item 2");
  put({{"pk", S("item 3")}});
  put({{"pk", S("later")}, {"group", S("new")}});
  take(*planned);
  erase("item 4");
  finish();
  check();
}

TEST_F(IndexBuild, SkipsItemsWhoseAttributesCannotBeKeys) {
  put({{"pk", S("a")}, {"group", N(1)}});
  put({{"pk", S("b")}, {"group", S("")}});
  put({{"pk", S("c")}, {"group", S("good")}});
  create_index("new");
  finish();
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 1U);
  check();
}

TEST_F(IndexBuild, ADeletedIndexGoesWithItsEntries) {
  fill(5);
  create_index("new");
  finish();
  create_index("other", ProjectionType::kKeysOnly);
  finish();
  delete_index("new");
  finish();
  EXPECT_EQ(index("new"), nullptr);
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 5U);
  check();
}

TEST_F(IndexBuild, MayBeDeletedWhileItIsBuilt) {
  fill(2 * limits::kIndexStepItems);
  create_index("new");
  step();
  step();
  const auto planned = ok(machine_.plan(id_, index("new")->id));
  delete_index("new");
  take(*planned);  // comes too late, and does nothing
  finish();
  EXPECT_TRUE(table()->schema.indexes.empty());
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 0U);
}

TEST_F(IndexBuild, ADroppedTableLeavesNothingToDo) {
  fill(2 * limits::kIndexStepItems);
  create_index("new");
  step();
  step();
  ASSERT_TRUE(
      machine_.write([&](WriteTransaction& transaction) { return transaction.catalog().drop_table(id_); })
          .ok());
  EXPECT_FALSE(step());
  EXPECT_EQ(machine_.count_rows(Family::kIndexes), 0U);
}

/// Random writes, builds, removals and restarts against the plain map.
TEST_F(IndexBuild, OfRandomHistoriesLeavesWhatTheItemsSay) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    const auto below = [&](std::uint64_t bound) { return random.next() % bound; };
    int created = 0;
    for (int i = 0; i < 600; ++i) {
      const std::string pk = "key " + std::to_string(below(300));
      switch (below(12)) {
        case 0:
          if (table()->schema.indexes.size() < 4) {
            create_index(std::to_string(seed) + " " + std::to_string(created++),
                         below(2) == 0 ? ProjectionType::kAll : ProjectionType::kKeysOnly);
          }
          break;
        case 1:
          if (!table()->schema.indexes.empty() && below(3) == 0) {
            delete_index(table()->schema.indexes[below(table()->schema.indexes.size())].name);
          }
          break;
        case 2:
        case 3:
          step();
          break;
        case 4:
          if (below(4) != 0) {
            machine_.restart();
          } else {
            machine_.restart_after_kill(*engine_);
          }
          break;
        case 5:
          erase(pk);
          break;
        default: {
          Item item = {{"pk", S(pk)}, {"rest", N(static_cast<std::int64_t>(below(3)))}};
          if (below(4) != 0) item.set("group", below(8) == 0 ? N(1) : S("group " + std::to_string(below(3))));
          put(item);
        }
      }
    }
    finish();
    check();
  }
}

}  // namespace
}  // namespace gyre::storage
