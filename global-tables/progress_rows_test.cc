// SPDX-License-Identifier: Apache-2.0
#include "global-tables/progress_rows.h"

#include <gtest/gtest.h>

#include <map>

#include "core/base/bytes.h"

namespace gyre::global_tables {
namespace {

const RegionId kProgressPeer("peer");
constexpr TableId kProgressTable(5);

/// The catalog family, as far as it matters here.
class Rows {
 public:
  void change(const std::optional<TableProgress>& before, const std::optional<TableProgress>& after) {
    changed = 0;
    for (const RowChange& change : progress_changes(kProgressPeer, kProgressTable, before, after)) {
      ++changed;
      if (change.value) {
        rows[change.key.key()] = *change.value;
      } else {
        EXPECT_EQ(rows.erase(change.key.key()), 1U);
      }
    }
  }
  Result<std::optional<TableProgress>> load(std::optional<ShardId> only = {}) {
    return load_progress(
        [this](const storage::RoomRow& key) {
          ++reads;
          const auto at = rows.find(key.key());
          return Result<std::optional<std::string>>(at == rows.end() ? std::nullopt
                                                                     : std::optional(at->second));
        },
        kProgressPeer, kProgressTable, only);
  }

  std::map<std::string, std::string> rows;
  std::size_t changed = 0;
  std::size_t reads = 0;
};

storage::LogCursor cursor_at(std::uint64_t shard, std::uint64_t place) {
  return {Epoch(5), ShardId(shard), SequenceNumber(place), Ordinal(place), place * 31};
}

TableProgress of_many_shards(std::uint64_t count) {
  TableProgress progress;
  progress.peer_incarnation = IncarnationId(99);
  progress.attempt = 3;
  progress.pinned = {Epoch(3), SequenceNumber(17)};
  progress.scan_position = std::string("a\0b", 3);
  for (std::uint64_t id = 1; id <= count; ++id) progress.shards[ShardId(id)].cursor = cursor_at(id, 10);
  progress.shards[ShardId(1)] = {{}, 12};
  return progress;
}

TEST(ProgressRows, WhatIsStoredComesBack) {
  Rows rows;
  EXPECT_FALSE(rows.load().value().has_value());
  const TableProgress progress = of_many_shards(3);
  rows.change(std::nullopt, progress);
  EXPECT_EQ(rows.rows.size(), 4U);
  EXPECT_EQ(rows.load().value(), progress);
  rows.change(progress, std::nullopt);
  EXPECT_TRUE(rows.rows.empty());
}

TEST(ProgressRows, ABatchOfOneShardReadsAndWritesItsRowAlone) {
  Rows rows;
  rows.change(std::nullopt, of_many_shards(500));
  rows.reads = 0;
  const std::optional<TableProgress> before = rows.load(ShardId(250)).value();
  EXPECT_EQ(rows.reads, 2U);
  std::optional<TableProgress> after = before;
  after->shards[ShardId(250)].cursor = cursor_at(250, 20);
  rows.change(before, after);
  EXPECT_EQ(rows.changed, 1U);
  TableProgress expected = of_many_shards(500);
  expected.shards[ShardId(250)].cursor = cursor_at(250, 20);
  EXPECT_EQ(rows.load().value(), expected);
}

TEST(ProgressRows, AResetLeavesNoRowOfAShardBehind) {
  Rows rows;
  const TableProgress before = of_many_shards(3);
  rows.change(std::nullopt, before);
  TableProgress after;
  after.attempt = 4;
  rows.change(before, after);
  EXPECT_EQ(rows.rows.size(), 1U);
  EXPECT_EQ(rows.load().value(), after);
}

TEST(ProgressRows, WhatDoesNotDecodeIsCorruption) {
  Rows rows;
  rows.change(std::nullopt, of_many_shards(2));
  const std::map<std::string, std::string> whole = rows.rows;
  for (const auto& [key, value] : whole) {
    rows.rows = whole;
    rows.rows[key] = "\1" + value.substr(1) + "x";
    EXPECT_FALSE(rows.load().ok());
    rows.rows[key] = value.substr(0, value.size() - 1);
    EXPECT_FALSE(rows.load().ok());
    rows.rows[key] = "";
    EXPECT_FALSE(rows.load().ok());
  }
  rows.rows = whole;
  rows.rows.erase(std::prev(rows.rows.end()));
  EXPECT_FALSE(rows.load().ok()) << "a shard's row is missing";
  // One row of the version before, which held all shards in itself.
  std::string former;
  append_u8(former, 1);
  former += whole.begin()->second.substr(1);
  rows.rows = {{whole.begin()->first, former}};
  EXPECT_FALSE(rows.load().ok());
}

}  // namespace
}  // namespace gyre::global_tables
