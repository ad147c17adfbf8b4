// SPDX-License-Identifier: Apache-2.0
// The engine follows from the log: from nothing, and from wherever it had come to, whatever was done.

#include <algorithm>
#include <array>
#include <tuple>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/fills.h"
#include "core/storage/history_check_test.h"
#include "core/storage/index_build.h"

namespace gyre::storage {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

constexpr std::uint64_t kRebuildSegmentBytes = 48 * 1024;
constexpr std::size_t kExpiryRowsAtOnce = 3;

Rows rows_of(const Engine& engine, Family family, IterateOptions options = {}) {
  Rows all;
  const auto rows = engine.iterate(family, options);
  for (rows->seek_to_first(); rows->valid(); rows->next()) all.emplace_back(rows->key(), rows->value());
  EXPECT_TRUE(rows->status().ok());
  return all;
}

/// What a crash would leave if all were flushed just now.
std::unique_ptr<MemoryEngine> copy_of(const Engine& engine) {
  auto copy = MemoryEngine::create();
  Batch batch;
  for (const Family family : kFamilies) {
    for (auto& [key, value] : rows_of(engine, family)) batch.put(family, key, value);
  }
  EXPECT_TRUE(copy->apply(batch).ok());
  return copy;
}

/// Everything that changes rows, at random: what RandomHistory does, secondary indexes and their builds, time
/// to live and its index, conflicts, merged vectors.
class BusyRegion {
 public:
  BusyRegion(Engine& engine, std::uint64_t seed)
      : random(seed), engine_(engine), harness(engine, Durability::kSync, seed), history_(seed) {
    harness.log_options.segment_bytes = kRebuildSegmentBytes;
    harness.restart();
  }

  void do_something() {
    harness.now_ms += random.below(2000);
    switch (random.below(12)) {
      case 0:
        return change_table([this](WriteTransaction& transaction, TableSchema& schema) {
          if (schema.indexes.size() < 2) schema.indexes.push_back(new_index(transaction));
        });
      case 1:
        return change_table([this](WriteTransaction&, TableSchema& schema) {
          if (!schema.indexes.empty() && random.below(3) == 0) {
            schema.indexes.front().status = IndexStatus::kDeleting;
          }
        });
      case 2:
        return change_table([this](WriteTransaction&, TableSchema& schema) {
          schema.time_to_live = TimeToLive{"ttl", random.below(3) != 0, harness.now_ms};
        });
      case 3:
      case 4:
        return build_indexes();
      case 5:
        index_for_expiry(any_table());
        return;
      case 6:
        return expire();
      case 7:
        return merge_and_record_a_conflict();
      case 8:
        return put_expiring();
      default:
        for (std::uint64_t requests = 1 + random.below(6); requests > 0; --requests) history_.submit(harness);
        ASSERT_TRUE(harness.run());
    }
  }

  /// Fills are complete: what was under way is not in the log.
  void finish_fills() {
    while (!unfinished_indexes(*harness.catalog.snapshot()).empty()) build_indexes();
    const auto catalog = harness.catalog.snapshot();
    for (const auto& [id, table] : catalog->tables()) {
      while (!table->schema.deleted_ms && index_for_expiry(table)) {
      }
    }
  }

  SeededRandom random;

 private:
  Engine& engine_;

 public:
  MachineHarness harness;

 private:
  TablePointer any_table() {
    const auto& names = harness.catalog.snapshot()->names();
    if (names.empty()) return nullptr;
    auto at = names.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.below(names.size())));
    return harness.catalog.snapshot()->find(at->second);
  }
  std::string any_name() { return "key" + std::to_string(random.below(12)); }

  void change_table(const std::function<void(WriteTransaction&, TableSchema&)>& change) {
    const TablePointer table = any_table();
    if (!table) return;
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) {
                      TableSchema schema = table->schema;
                      change(transaction, schema);
                      return transaction.catalog().put_table(schema);
                    })
                    .ok());
  }
  IndexSchema new_index(WriteTransaction& transaction) {
    IndexSchema index;
    index.id = transaction.catalog().new_index_id();
    index.name = "index" + std::to_string(index.id.value());
    index.partition = {{"value", ScalarType::kString}};
    index.projection = random.below(2) == 0 ? ProjectionType::kAll : ProjectionType::kKeysOnly;
    index.status = IndexStatus::kCreating;
    return index;
  }
  void build_indexes() {
    for (const auto& [table, index] : unfinished_indexes(*harness.catalog.snapshot())) {
      const auto step = ok(harness.plan(table, index));
      if (!step) continue;
      ASSERT_TRUE(harness.take(*step).ok());
    }
  }

  void put_expiring() {
    const TablePointer table = any_table();
    if (!table) return;
    const std::string name = any_name();
    const auto second = static_cast<std::int64_t>(harness.now_ms / 1000 + random.below(20));
    Item item{{"pk", AttributeValue::string(name)}, {"value", AttributeValue::string("v")}};
    item.set("ttl", AttributeValue::number(Number::from_int(second)));
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) {
                      return transaction.items().put(*table, test_key(name), encode_item(item));
                    })
                    .ok());
  }
  // A step of the fill of an expiry index. False if there is nothing to do.
  bool index_for_expiry(const TablePointer& table) {
    if (!table || !expires(table->schema)) return false;
    const TableId id = table->schema.id;
    const std::string cursor_row = expiry_cursor_row(id);
    const auto cursor = ok(engine_.get(Family::kIndexes, cursor_row, ReadTier::kAll));
    if (!cursor) return false;
    if (cursor->view() == end_of_fill(id)) {
      if (!ok(is_flushed_fill(engine_, Family::kIndexes, cursor_row, id))) return engine_.flush().ok();
      return harness
          .write([&](WriteTransaction& transaction) {
            transaction.expiry().complete(id);
            return Status();
          })
          .ok();
    }
    const auto [lower, upper] = table_rows(id);
    IterateOptions behind{.lower = lower, .upper = upper};
    if (!cursor->view().empty()) behind.lower = std::string(cursor->view()) + '\0';
    Rows items = rows_of(engine_, Family::kItems, behind);
    const bool at_end = items.size() <= kExpiryRowsAtOnce;
    if (!at_end) items.resize(kExpiryRowsAtOnce);
    return harness
        .fill([&](WriteTransaction& transaction) {
          for (const auto& [key, value] : items) {
            const auto second =
                expiry_second(*table->schema.time_to_live, *ok(decode_stored_item(value)).image);
            if (second) transaction.expiry().add({*second, key});
          }
          transaction.expiry().set_cursor(id, at_end ? end_of_fill(id) : items.back().first);
          return Status();
        })
        .ok();
  }
  void expire() {
    const TablePointer table = any_table();
    if (!table) return;
    const auto [lower, upper] = expiry_rows(table->schema.id, 1, harness.now_ms / 1000);
    for (const auto& [key, value] : rows_of(engine_, Family::kIndexes, {.lower = lower, .upper = upper})) {
      const ExpiryRow row = ok(read_expiry_row(key));
      ASSERT_TRUE(harness
                      .write([&](WriteTransaction& transaction) -> Status {
                        transaction.expiry().remove(row);
                        return transaction.items().erase(*table, ok(row.key(table->schema.key_schema)));
                      })
                      .ok());
    }
  }
  void merge_and_record_a_conflict() {
    const TablePointer table = any_table();
    if (!table || !table->schema.replicated()) return;
    const ItemKey key = test_key(any_name());
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) -> Status {
                      ASSIGN_OR_RETURN(StoredItem item, transaction.items().read(*table, key));
                      if (!item.exists()) return {};
                      item.vector.observe(IncarnationId(8), item.version.clock + 1);
                      RETURN_IF_ERROR(transaction.items().put_vector(*table, key, item.vector));
                      Conflict conflict;
                      conflict.table = table->schema.id;
                      conflict.keys = encode_item(ok(key_attributes(table->schema.key_schema, key)));
                      conflict.winner = item.version;
                      conflict.winner_image = *item.image;
                      conflict.loser = {item.version.clock - 1, RegionId("there")};
                      transaction.items().record_conflict(conflict);
                      return {};
                    })
                    .ok());
  }

  RandomHistory history_;
};

void expect_same_rows(const Engine& found, const Engine& expected) {
  for (const Family family : kFamilies) {
    EXPECT_TRUE(rows_of(found, family) == rows_of(expected, family))
        << "family " << static_cast<int>(family) << " differs";
  }
}

// Where a start would find that each shard had come to.
std::map<ShardId, std::tuple<SequenceNumber, Ordinal, std::uint64_t>> heads_of(
    const Engine& engine, const MachineHarness& harness) {
  std::map<ShardId, std::tuple<SequenceNumber, Ordinal, std::uint64_t>> heads;
  for (const auto& [id, head] : ok(recover(engine, harness.log->log())).log.heads) {
    heads[id] = {head.sequence, head.ordinal, head.cumulative_bytes};
  }
  return heads;
}

// Every family has something at some time: else the histories say little.
class FamiliesSeen {
 public:
  void look(const Engine& engine) {
    for (const Family family : kFamilies) seen_[index_of(family)] |= !rows_of(engine, family).empty();
  }
  void expect_all() const {
    for (const Family family : kFamilies) {
      EXPECT_TRUE(seen_[index_of(family)]) << "no rows in family " << static_cast<int>(family);
    }
  }

 private:
  std::array<bool, kFamilyCount> seen_{};
};

TEST(Rebuild, FromNothingAndFromAnyFlushedStateTheRowsAreThoseOfTheLiveStore) {
  FamiliesSeen seen;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto engine = MemoryEngine::create();
    BusyRegion region(*engine, seed);
    std::vector<std::unique_ptr<MemoryEngine>> states;
    states.push_back(MemoryEngine::create());
    for (int step = 0; step < 120; ++step) {
      region.do_something();
      switch (region.random.below(24)) {
        case 0:
          states.push_back(copy_of(*engine));
          break;
        case 1:
          region.harness.restart_after_kill(*engine);
          break;
        case 2:
          engine->crash();
          region.harness.disk->crash(region.random);
          region.harness.restart();
          break;
        case 3:
          ASSERT_TRUE(engine->flush().ok());
          break;
        case 4:
          ASSERT_TRUE(region.harness.log->do_upkeep().ok());
          break;
        default:
          break;
      }
      seen.look(*engine);
      if (::testing::Test::HasFailure()) return;
    }
    region.finish_fills();
    for (const auto& state : states) {
      ASSERT_TRUE(catch_up(*state, region.harness.log->log()).ok());
      expect_same_rows(*state, *engine);
      EXPECT_EQ(heads_of(*state, region.harness), heads_of(*engine, region.harness));
    }
    if (::testing::Test::HasFailure()) return;
  }
  seen.expect_all();
}

// As a region trims: what leaves is flushed, and where shards had come to is a row before.
void trim(MachineHarness& harness, Engine& engine) {
  ASSERT_TRUE(harness.committer->sync().ok());
  ASSERT_TRUE(engine.flush().ok());
  ASSERT_TRUE(harness.log->do_upkeep().ok());
  const log::TrimPlan plan = harness.log->log().plan_trim(
      {.bytes_max = 2 * kRebuildSegmentBytes, .flushed_through = ok(flushed_through(engine))});
  if (plan.through == log::SegmentNumber()) return;
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    for (const auto& [id, head] : plan.leaving) transaction.catalog().keep_head(id, head);
                    return Status();
                  })
                  .ok());
  ASSERT_TRUE(harness.log->trim(plan.through).ok());
}

TEST(Rebuild, FromATrimmedLogAStateIsFollowedOrRefusedAndNeverHalfOfIt) {
  int followed = 0;
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto engine = MemoryEngine::create();
    BusyRegion region(*engine, seed);
    std::vector<std::unique_ptr<MemoryEngine>> states;
    states.push_back(MemoryEngine::create());
    for (int step = 0; step < 150; ++step) {
      region.do_something();
      if (step % 15 == 7) states.push_back(copy_of(*engine));
      if (step % 25 == 24) trim(region.harness, *engine);
      if (region.random.below(30) == 0) region.harness.restart_after_kill(*engine);
      if (::testing::Test::HasFailure()) return;
    }
    region.finish_fills();
    const log::FrameNumber oldest = region.harness.log->log().closed_segments()->front()->summary.first_frame;
    for (const auto& state : states) {
      const auto reached = ok(applied(*state)).value_or(log::FramePosition());
      const Status caught_up = catch_up(*state, region.harness.log->log());
      if (reached.frame.value() + 1 < oldest.value()) {
        ++refused;
        EXPECT_EQ(code_of(caught_up), ErrorCode::kTrimmed);
        EXPECT_EQ(ok(applied(*state)).value_or(log::FramePosition()), reached);
        continue;
      }
      ++followed;
      ASSERT_TRUE(caught_up.ok());
      expect_same_rows(*state, *engine);
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(followed, 20);
  EXPECT_GT(refused, 20);
}

// A copy of the engine's files is the state of its last flush; with the log it becomes the store.
TEST(Rebuild, ACopyOfTheEnginesFilesCatchesUpWithTheLog) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TemporaryDirectory directory;
    RocksdbOptions options;
    options.directory = directory.path() + "/store";
    options.memtable_bytes = 64 * 1024;
    const auto engine = ok(open_rocksdb(options));
    BusyRegion region(*engine, seed);
    std::vector<std::string> copies;
    for (int step = 0; step < 100; ++step) {
      region.do_something();
      if (step % 10 == 3) {
        ASSERT_TRUE(engine->flush().ok());
      }
      if (step % 25 == 24) {
        copies.push_back(directory.path() + "/copy" + std::to_string(step));
        ASSERT_TRUE(engine->disk()->checkpoint(copies.back()).ok());
      }
      if (::testing::Test::HasFailure()) return;
    }
    region.finish_fills();
    for (const std::string& copy : copies) {
      options.directory = copy;
      const auto opened = ok(open_rocksdb(options));
      EXPECT_TRUE(ok(applied(*opened)).has_value());
      ASSERT_TRUE(catch_up(*opened, region.harness.log->log()).ok());
      expect_same_rows(*opened, *engine);
    }
  }
}

}  // namespace
}  // namespace gyre::storage
