// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/table_shards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::streams {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kSecond = 1'000'000'000;

ShardInfo shard(std::uint64_t id, std::uint64_t parent = 0, bool closed = false) {
  ShardInfo info;
  info.shard = ShardId(id);
  if (parent != 0) info.parent = ShardId(parent);
  info.closed = closed;
  return info;
}
Opened table_of(std::vector<ShardInfo> shards) {
  Opened table;
  table.shards = std::move(shards);
  return table;
}

// One word for each event.
std::vector<std::string> events(TableShards& shards) {
  std::vector<std::string> words;
  for (const TableShards::Event& event : shards.take_events()) {
    if (std::holds_alternative<TableShards::List>(event)) words.emplace_back("list");
    if (std::holds_alternative<TableShards::Found>(event)) words.emplace_back("found");
    if (std::holds_alternative<TableShards::Missing>(event)) words.emplace_back("missing");
    if (const auto* read = std::get_if<TableShards::Read>(&event)) {
      words.push_back(std::string(read->latest ? "latest " : "read ") + std::to_string(read->shard.value()) +
                      (read->closed ? " closed" : ""));
    }
  }
  return words;
}

TEST(TableShards, ParentsAreReadBeforeTheirChildren) {
  TableShards shards({.table = "T"});
  shards.tick(0);
  EXPECT_THAT(events(shards), ElementsAre("list"));
  shards.listed(table_of({shard(1, 0, true), shard(2, 1)}), 0);
  EXPECT_THAT(events(shards), ElementsAre("found", "read 1 closed"));
  shards.finished(ShardId(1), {ShardId(2), ShardId(3)});
  EXPECT_THAT(events(shards), ElementsAre("read 2", "read 3"));
  shards.tick(10 * kSecond);
  EXPECT_THAT(events(shards), IsEmpty()) << "there is something to read";
}

TEST(TableShards, WhatIsMissingIsToldOnceAndLookedForEachSecond) {
  TableShards shards({.table = "T"});
  shards.tick(0);
  events(shards);
  shards.not_listed(RefusedReason::kNoSuchTable, "none", 0);
  EXPECT_THAT(events(shards), ElementsAre("missing"));
  shards.tick(kSecond / 2);
  EXPECT_THAT(events(shards), IsEmpty());
  shards.tick(kSecond);
  EXPECT_THAT(events(shards), ElementsAre("list"));
  shards.not_listed(RefusedReason::kNoSuchTable, "none", kSecond);
  EXPECT_THAT(events(shards), IsEmpty());
}

TEST(TableShards, FromNowLeavesOutWhatIsClosedAndStartsAtTheHeads) {
  TableShards shards({.table = "T", .from_now = true});
  shards.tick(0);
  shards.listed(table_of({shard(1, 0, true), shard(2, 1)}), 0);
  EXPECT_THAT(events(shards), ElementsAre("list", "found", "latest 2"));
  shards.finished(ShardId(2), {ShardId(3)});
  EXPECT_THAT(events(shards), ElementsAre("read 3"));
}

TEST(TableShards, OfATableThatComesLaterEverythingIsNew) {
  TableShards shards({.table = "T", .from_now = true});
  shards.tick(0);
  shards.not_listed(RefusedReason::kNoSuchTable, "none", 0);
  shards.tick(kSecond);
  shards.listed(table_of({shard(1)}), kSecond);
  EXPECT_THAT(events(shards), ElementsAre("list", "missing", "list", "found", "read 1"));
}

TEST(TableShards, AfterTheLastShardANewTableOfThatNameIsLookedFor) {
  TableShards shards({.table = "T"});
  shards.tick(0);
  shards.listed(table_of({shard(1)}), 0);
  events(shards);
  shards.gone(ShardId(1), kSecond);
  shards.tick(kSecond);
  EXPECT_THAT(events(shards), IsEmpty());
  shards.tick(2 * kSecond);
  EXPECT_THAT(events(shards), ElementsAre("list"));
  shards.listed(table_of({shard(5)}), 2 * kSecond);
  EXPECT_THAT(events(shards), ElementsAre("read 5"));
}

}  // namespace
}  // namespace gyre::streams
