// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/session_reads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "core/base/limits.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"
#include "streams/transport/record_filter.h"
#include "streams/transport/store_fixture_test.h"

namespace gyre::streams {
namespace {

using ::testing::HasSubstr;

class SessionReads : public ::testing::Test {
 protected:
  // As a replicated table's delete leaves it.
  void put_tombstone(const std::string& id) {
    const Item key{{"id", AttributeValue::string(id)}};
    storage::StoredItem tombstone;
    tombstone.version = {42, RegionId("elsewhere")};
    tombstone.vector.observe(IncarnationId(9), 42);
    storage::Batch batch;
    batch.put(storage::Family::kTombstones,
              storage::item_row(store.table(), *item_key(store.entry()->schema.key_schema, key, true)),
              storage::encode_stored_item(tombstone));
    ASSERT_TRUE(store.store().engine().apply(batch).ok());
  }
  ReadAnswer scan(const std::string& after, std::size_t records_max) {
    ReadJob job;
    job.from = ScanPlace{store.table(), after};
    job.records_max = records_max;
    job.bytes_max = 1'000'000;
    return run_read(store.store(), nullptr, job);
  }

  ManualClock clock{1'800'000'000'000};
  StoreFixture store{clock};
};

TEST_F(SessionReads, AScanMergesItemsAndTombstonesInKeyOrderAndResumes) {
  for (int i = 0; i < 10; ++i) store.put("item " + std::to_string(i), "x");
  for (int i = 0; i < 10; ++i) put_tombstone("gone " + std::to_string(i));
  std::set<std::string> live, dead;
  std::string after, previous;
  for (bool end = false; !end;) {
    ReadAnswer answer = scan(after, 3);
    ASSERT_FALSE(answer.error) << answer.error->message;
    for (const std::string_view encoded : answer.records) {
      const storage::ChangeRecord record = storage::decode_change_record(encoded).value();
      EXPECT_TRUE(record.backfill);
      EXPECT_EQ(record.sequence, SequenceNumber());
      EXPECT_EQ(record.origin.region, record.version.region);
      EXPECT_FALSE(record.vector.empty());
      EXPECT_EQ(record.new_image.empty(), record.kind == storage::ChangeKind::kRemove);
      EXPECT_TRUE((record.new_image.empty() ? dead : live).insert(record.keys).second);
    }
    EXPECT_LE(after, answer.scan_position);
    after = answer.scan_position;
    end = answer.scan_end;
  }
  EXPECT_EQ(live.size(), 10u);
  EXPECT_EQ(dead.size(), 10u);
}

TEST_F(SessionReads, AScanOfAnEmptyTableEndsAtOnce) {
  EXPECT_TRUE(scan("", 10).scan_end);
}

TEST_F(SessionReads, AScanPositionOutsideTheTableIsRefused) {
  store.put("a", "x");
  EXPECT_TRUE(scan(std::string(30, '\xff'), 10).error.has_value());
  EXPECT_TRUE(scan(std::string(1, '\0'), 10).error.has_value());
}

TEST_F(SessionReads, ImagesTravelAsJsonWhereThatWasAsked) {
  store.put("a", "x");
  ReadJob job;
  job.from = ScanPlace{store.table(), ""};
  job.records_max = 10, job.bytes_max = 1'000'000, job.json = true;
  const ReadAnswer answer = run_read(store.store(), nullptr, job);
  ASSERT_EQ(answer.records.size(), 1u);
  EXPECT_EQ(storage::decode_change_record(answer.records[0])->new_image, R"({"id":{"S":"a"},"v":{"S":"x"}})");
}

TEST_F(SessionReads, FiltersLookAtKindAndOriginAndRefuseGarbage) {
  storage::ChangeRecord record;
  record.kind = storage::ChangeKind::kTouch;
  record.origin.region = RegionId("here");
  const std::string touch = storage::encode_change_record(record);
  const RegionId here("here"), there("there");
  EXPECT_TRUE(passes({}, there, touch).value());
  EXPECT_FALSE(
      passes({.local_origin_only = false, .hide_touch = true, .latest = false}, here, touch).value());
  EXPECT_TRUE(passes({.local_origin_only = true, .hide_touch = false, .latest = false}, here, touch).value());
  EXPECT_FALSE(
      passes({.local_origin_only = true, .hide_touch = false, .latest = false}, there, touch).value());
  EXPECT_FALSE(passes({.local_origin_only = true, .hide_touch = false, .latest = false}, there, "").ok());
  EXPECT_FALSE(passes({.local_origin_only = true, .hide_touch = false, .latest = false}, there,
                      std::string(64, '\x7f'))
                   .ok());
}

TEST_F(SessionReads, AReadOfMemoryAnswersAsOneOfTheLog) {
  for (int i = 0; i < 6; ++i) {
    store.put("a", std::to_string(i));
    store.put_foreign("a", "foreign " + std::to_string(i));
  }
  ReadJob job;
  job.bytes_max = 1'000'000;
  const auto compare = [&] {
    const std::optional<ReadAnswer> recent = run_recent_read(store.store(), job);
    ASSERT_TRUE(recent.has_value());
    const ReadAnswer read = run_read(store.store(), nullptr, job);
    EXPECT_FALSE(recent->error || read.error);
    EXPECT_THAT(recent->records, ::testing::ElementsAreArray(read.records));
    EXPECT_EQ(recent->scanned_through, read.scanned_through);
    EXPECT_EQ(recent->head.ordinal, read.head.ordinal);
    EXPECT_EQ(recent->head.cumulative_bytes, read.head.cumulative_bytes);
  };
  std::size_t seen = 0;
  const auto compare_from_all_places = [&](ShardId shard) {
    for (const bool local_only : {false, true}) {
      job.filter.local_origin_only = local_only;
      job.from = storage::LogCursor{{}, shard, {}, {}, 0};
      for (job.records_max = 1; !run_read(store.store(), nullptr, job).records.empty(); ++seen) {
        compare();
        job.records_max = 3;
        compare();
        job.from = run_read(store.store(), nullptr, job).scanned_through;
      }
      compare();
    }
  };
  const std::vector<storage::ShardDescriptor> shards = store.entry()->shards;
  for (const storage::ShardDescriptor& shard : shards) {
    // Only the shard of "a" has records.
    if (store.store().writer().head(shard.id)->ordinal > Ordinal()) compare_from_all_places(shard.id);
  }
  EXPECT_GE(seen, 4U);

  // What is more than a look into memory is left to the read pool.
  job.json = true;
  EXPECT_FALSE(run_recent_read(store.store(), job));
  job.json = false, job.opening = true;
  EXPECT_FALSE(run_recent_read(store.store(), job));
  job.opening = false, job.from = ScanPlace{store.table(), ""};
  EXPECT_FALSE(run_recent_read(store.store(), job));

  store.roll();
  for (const storage::ShardDescriptor& shard : shards) {
    store.trim(shard.id);
    job.from = storage::LogCursor{{}, shard.id, {}, {}, 0};
    EXPECT_FALSE(run_recent_read(store.store(), job));
  }
}

TEST(SessionReadsAsync, WhatIsNotOnDiskYetIsNotRead) {
  ManualClock clock{1'800'000'000'000};
  StoreFixture store(clock, nullptr, storage::Durability::kAsync);
  store.put("a", "not synced: the clock stands still");
  ReadJob job;
  job.records_max = 10;
  job.bytes_max = 1'000'000;
  std::size_t recent_records = 0;
  const auto read_all = [&] {
    std::size_t records = 0;
    recent_records = 0;
    for (const storage::ShardDescriptor& shard : store.entry()->shards) {
      job.from = storage::LogCursor{{}, shard.id, {}, {}, 0};
      records += run_read(store.store(), nullptr, job).records.size();
      const std::optional<ReadAnswer> recent = run_recent_read(store.store(), job);
      recent_records += recent ? recent->records.size() : 0;
    }
    return records;
  };
  EXPECT_EQ(read_all(), 0U);
  EXPECT_EQ(recent_records, 0U);
  clock.advance_ms(limits::kWriterAsyncSyncMs);
  while (read_all() == 0) std::this_thread::yield();
  EXPECT_EQ(read_all(), 1U);
  EXPECT_EQ(recent_records, 1U);
}

}  // namespace
}  // namespace gyre::streams
