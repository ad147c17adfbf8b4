// SPDX-License-Identifier: Apache-2.0
#include "audit/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "audit/change_query.h"
#include "core/archive/archiver.h"
#include "core/files/memory_disk.h"
#include "core/log/log.h"
#include "core/model/item_codec.h"
#include "core/objects/memory_store.h"
#include "core/storage/catalog.h"

namespace gyre::audit {
namespace {

using ::testing::HasSubstr;

constexpr ShardId kShard{7};

/// A log of change records of one table, and what was written to it.
struct Sample {
  Sample() { open(); }

  void open() {
    log.reset();
    log::LogOptions options;
    options.incarnation = log::LogIncarnation(9);
    options.epoch = Epoch(4);
    options.term = log::Term(++term);
    options.segment_bytes = 8 * 1024;
    log = log::Log::recover(disk, options, std::nullopt).value();
  }
  void append(storage::ChangeRecord record) {
    record.sequence = SequenceNumber(++sequence);
    record.shard = record.kind == storage::ChangeKind::kCatalog ? storage::kCatalogShard : kShard;
    record.ordinal = Ordinal(++ordinals[record.shard]);
    record.commit_time = hybrid_from_ms(now_ms += 1000);
    const std::string bytes = storage::encode_change_record(record);
    record.cumulative_bytes = cumulative[record.shard] += bytes.size();
    const std::string encoded = storage::encode_change_record(record);
    log::FrameBuilder frame;
    frame.add_entry({.shard = record.shard,
                     .sequence = record.sequence,
                     .ordinal = record.ordinal,
                     .time = record.commit_time,
                     .cumulative_bytes = record.cumulative_bytes},
                    encoded);
    const log::CommitStamp stamp{
        .last_sequence = record.sequence, .last_stamp = record.commit_time, .commit_time_ms = now_ms};
    auto appended = log->append(frame, stamp);
    if (!appended.ok()) {
      ASSERT_TRUE(log->prepare().ok());
      appended = log->append(frame, stamp);
    }
    ASSERT_TRUE(appended.ok()) << appended.error().message;
    ASSERT_TRUE(log->sync().ok());
    while (log->seal().value()) {
    }
    records.push_back(std::move(record));
  }
  void make_table(std::uint64_t id, const std::string& name) {
    TableSchema schema;
    schema.id = TableId(id);
    schema.name = name;
    schema.key_schema.partition = {"pk", ScalarType::kString};
    storage::ChangeRecord record;
    record.kind = storage::ChangeKind::kCatalog;
    record.table = schema.id;
    record.catalog_change = storage::encode_catalog_change(storage::TableChanged{schema});
    append(std::move(record));
  }
  void put(std::uint64_t table, const std::string& key, const std::string& principal = "alice") {
    storage::ChangeRecord record;
    record.kind = storage::ChangeKind::kInsert;
    record.table = TableId(table);
    record.keys = encode_item({{"pk", AttributeValue::string(key)}});
    record.new_image = encode_item(
        {{"pk", AttributeValue::string(key)}, {"v", AttributeValue::string(std::string(500, 'v'))}});
    record.origin.region = RegionId("here");
    record.audit.principal = principal;
    append(std::move(record));
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) put(2, std::to_string(i));
  }
  void archive_all() {
    ASSERT_TRUE(log->close_segment().ok());
    while (log->seal().value()) {
    }
    archive::Archiver archiver = archive::Archiver::open(store, disk).value();
    while (archiver.archive_next().value()) {
    }
  }
  void trim(std::uint64_t through) { ASSERT_TRUE(log->trim(log::SegmentNumber(through)).ok()); }
  std::uint64_t last_closed() const { return log->closed_segments()->back()->number().value(); }

  files::MemoryDisk disk;
  objects::MemoryStore store;
  std::unique_ptr<log::Log> log;
  std::uint64_t term = 0;
  std::uint64_t sequence = 0;
  std::uint64_t now_ms = 1'000'000;
  std::map<ShardId, std::uint64_t> ordinals;
  std::map<ShardId, std::uint64_t> cumulative;
  std::vector<storage::ChangeRecord> records;
};

std::vector<std::uint64_t> sequences(const History& history, const Bounds& bounds = {},
                                     Order order = Order::kOldToNew) {
  std::vector<std::uint64_t> found;
  const Status read = history.read(bounds, order, [&](const LocatedRecord& located) -> Result<bool> {
    found.push_back(located.record.sequence.value());
    return true;
  });
  EXPECT_TRUE(read.ok()) << read.error().message;
  return found;
}

std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = from; i <= to; ++i) all.push_back(i);
  return all;
}

TEST(History, ArchiveAndLogAreOneList) {
  Sample sample;
  sample.make_table(2, "orders");
  sample.fill(50);
  sample.archive_all();
  const std::uint64_t archived = sample.last_closed();
  sample.fill(50);
  sample.trim(archived - 2);  // most is in the archive alone, some in both, some in the log alone
  const History history = History::open(&sample.store, &sample.disk).value();
  EXPECT_EQ(sequences(history), numbers(1, 101));
  std::vector<std::uint64_t> back = numbers(1, 101);
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(sequences(history, {}, Order::kNewToOld), back);
  EXPECT_EQ(sequences(History::open(&sample.store, nullptr).value()), numbers(1, 51));
}

TEST(History, BoundsAreExactBothWays) {
  Sample sample;
  sample.fill(50);
  sample.archive_all();
  sample.fill(50);
  const History history = History::open(&sample.store, &sample.disk).value();
  for (const auto& [from, to] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {1, 1}, {1, 49}, {20, 60}, {50, 51}, {51, 51}, {70, 100}, {100, 100}, {100, 200}, {101, 102}}) {
    const Bounds by_sequence{.from = SequenceNumber(from), .to = SequenceNumber(to)};
    // The records of sequence n were committed at 1,000,000 + 1,000 n.
    const Bounds by_time{.from_ms = 1'000'000 + 1000 * from, .to_ms = 1'000'001 + 1000 * to};
    std::vector<std::uint64_t> expected = numbers(from, std::min<std::uint64_t>(to, 100));
    EXPECT_EQ(sequences(history, by_sequence), expected);
    EXPECT_EQ(sequences(history, by_time), expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(sequences(history, by_sequence, Order::kNewToOld), expected);
    EXPECT_EQ(sequences(history, by_time, Order::kNewToOld), expected);
  }
}

TEST(History, WhatIsInNeitherIsAnErrorThatNamesIt) {
  Sample sample;
  sample.fill(40);
  sample.archive_all();
  const std::uint64_t archived = sample.last_closed();
  sample.fill(60);
  sample.trim(archived + 2);
  EXPECT_THAT(History::open(&sample.store, &sample.disk).error().message,
              HasSubstr("segments " + std::to_string(archived + 1) + " to " + std::to_string(archived + 2) +
                        " are neither in the archive nor in the log"));
}

TEST(History, DamageIsAnErrorThatNamesThePlace) {
  Sample sample;
  sample.fill(40);
  sample.archive_all();
  std::string& bytes = sample.store.objects().at(archive::segment_key(log::SegmentNumber(2)));
  bytes[bytes.find("vvvvvvvv")] ^= 1;
  const History history = History::open(&sample.store, nullptr).value();
  const Status read = history.read({}, Order::kOldToNew, [](const LocatedRecord&) { return true; });
  EXPECT_THAT(read.error().message, HasSubstr("segment 2"));
}

TEST(History, AnotherLogIsRefused) {
  Sample sample;
  sample.fill(5);
  sample.archive_all();
  files::MemoryDisk other;
  log::LogOptions options;
  options.incarnation = log::LogIncarnation(10);
  options.epoch = Epoch(4);
  options.term = log::Term(1);
  const auto log = log::Log::recover(other, options, std::nullopt).value();
  EXPECT_EQ(History::open(&sample.store, &other).error().code, ErrorCode::kValidation);
}

TEST(ChangeQuery, ASequenceNumberMayHaveZerosBeforeIt) {
  EXPECT_EQ(read_sequence("000000000000000000019").value(), SequenceNumber(19));
  EXPECT_EQ(read_sequence("19").value(), SequenceNumber(19));
  for (const char* text : {"", "x", "1x", "-1", "99999999999999999999999"})
    EXPECT_FALSE(read_sequence(text).ok()) << text;
}

TEST(ChangeQuery, FindsByTableKeyPrefixPrincipalAndKind) {
  Sample sample;
  sample.make_table(2, "orders");
  sample.make_table(3, "users");
  sample.put(2, "order/1");
  sample.put(2, "order/2", "bob");
  sample.put(3, "order/1");
  sample.archive_all();
  sample.put(2, "other");
  const History history = History::open(&sample.store, &sample.disk).value();
  const TableNames names = TableNames::read(history).value();
  const auto found = [&](const ChangeQuery& query) {
    std::vector<std::uint64_t> all;
    const Status read = read_changes(history, names, query,
                                     [&](const LocatedRecord& located, const std::string&) -> Result<bool> {
                                       all.push_back(located.record.sequence.value());
                                       return true;
                                     });
    EXPECT_TRUE(read.ok()) << read.error().message;
    return all;
  };
  using Found = std::vector<std::uint64_t>;
  EXPECT_EQ(found({}), (Found{3, 4, 5, 6}));
  EXPECT_EQ(found({.table = "orders"}), (Found{3, 4, 6}));
  EXPECT_EQ(found({.table = "#3"}), (Found{5}));
  EXPECT_EQ(found({.table = "orders", .key = "order/1"}), (Found{3}));
  EXPECT_EQ(found({.key = "order/1"}), (Found{3, 5}));
  EXPECT_EQ(found({.key = R"({"pk":{"S":"order/2"}})"}), (Found{4}));
  EXPECT_EQ(found({.table = "orders", .key_prefix = "order/"}), (Found{3, 4}));
  EXPECT_EQ(found({.principal = "bob"}), (Found{4}));
  EXPECT_EQ(found({.region = "elsewhere"}), Found());
  EXPECT_EQ(found({.kinds = {storage::ChangeKind::kCatalog}}), (Found{1, 2}));
  EXPECT_EQ(names.find("nothing").error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(names.name(TableId(3)), "users");
  EXPECT_EQ(names.name(TableId(4)), "#4");
  const ChangeQuery misfit{.table = "orders", .key = R"({"id":{"S":"1"}})"};
  EXPECT_EQ(read_changes(history, names, misfit, [](const auto&, const auto&) { return true; }).error().code,
            ErrorCode::kValidation);
}

}  // namespace
}  // namespace gyre::audit
