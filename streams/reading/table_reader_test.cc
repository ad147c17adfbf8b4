// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/table_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/core.h>

namespace gyre::streams {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
storage::LogCursor cursor_at(std::uint64_t shard, std::uint64_t place) {
  return {Epoch(1), ShardId(shard), SequenceNumber(place), Ordinal(place), 9};
}
TableReader::Options one_life() {
  TableReader::Options options;
  options.table = "T";
  options.one_life = true;
  return options;
}
TableReader::Options by_name(bool from_now = false) {
  TableReader::Options options;
  options.table = "T";
  options.from_now = from_now;
  return options;
}

/// Turns a reader, and writes down its events: a word or two for each.
class Turned {
 public:
  explicit Turned(TableReader::Options options, TableReader::Position position = {})
      : reader(std::move(options), keys_, std::move(position)) {}

  std::vector<std::string> events() {
    std::vector<std::string> words;
    while (std::optional<TableReader::Event> event = reader.next_event()) {
      std::string word = std::visit([&](auto& one) { return note(one); }, *event);
      if (!word.empty()) words.push_back(std::move(word));
    }
    return words;
  }
  void say(std::uint64_t shard, SessionMessage message, std::uint64_t now_ms = 0) {
    reader.take(open.at(shard), std::move(message), now_ms);
  }
  void list(std::vector<ShardInfo> shards, std::uint64_t now_ms = 0) {
    reader.take(open.at(0), table_of(std::move(shards)), now_ms);
  }
  void refuse(std::uint64_t shard, RefusedReason reason, std::uint64_t now_ms = 0) {
    say(shard, Refusal{reason, "no", {}}, now_ms);
  }
  void end(std::uint64_t shard, std::vector<ShardId> children) { say(shard, ShardEnd{std::move(children)}); }

  std::map<std::uint64_t, SessionKey> open;  // by shard; 0 = the listing
  std::map<std::uint64_t, Epoch> epochs;     // named when the shard was opened
  TableReader reader;

 private:
  std::string note(const OpenSession& command) {
    if (command.options.table_shards) {
      open[0] = command.key;
      return "list";
    }
    const storage::LogCursor& cursor = *command.options.shard;
    open[cursor.shard.value()] = command.key;
    epochs[cursor.shard.value()] = cursor.epoch;
    return fmt::format("open {}@{}{}", cursor.shard.value(), cursor.ordinal.value(),
                       command.options.latest ? " latest" : "");
  }
  std::string note(const CloseSession&) { return ""; }
  std::string note(const GiveCredit& credit) { return fmt::format("credit {}", credit.records); }
  std::string note(const SendAck&) { return "ack"; }
  std::string note(const TableReader::Found&) { return "found"; }
  std::string note(const TableReader::Missing&) { return "missing"; }
  std::string note(const TableReader::Started& one) {
    return fmt::format("start {}{}", one.shard.value(), one.closed ? " closed" : "");
  }
  std::string note(const TableReader::ShardOpened& one) {
    return fmt::format("opened {}", one.shard.value());
  }
  std::string note(const TableReader::ShardBatch& one) { return fmt::format("batch {}", one.shard.value()); }
  std::string note(const TableReader::ShardHeard& one) { return fmt::format("heard {}", one.shard.value()); }
  std::string note(const TableReader::ShardAcked& one) { return fmt::format("acked {}", one.shard.value()); }
  std::string note(const TableReader::Interrupted& one) {
    return fmt::format("interrupted {}", one.shard.value());
  }
  std::string note(const TableReader::Ended& one) { return fmt::format("ended {}", one.shard.value()); }
  std::string note(const TableReader::Lost& one) { return fmt::format("lost {}", one.shard.value()); }
  std::string note(const TableReader::Stuck& one) { return fmt::format("stuck {}", one.shard.value()); }

  SessionKey keys_ = 0;
};

RecordBatch batch_through(std::uint64_t shard, std::uint64_t place) {
  RecordBatch batch;
  batch.scanned_through = cursor_at(shard, place);
  return batch;
}

TEST(TableReader, ParentsAreFinishedBeforeTheirChildrenStart) {
  Turned turned(by_name());
  turned.reader.tick(0);
  EXPECT_THAT(turned.events(), ElementsAre("list"));
  turned.list({shard(1, 0, true), shard(2, 1)});
  EXPECT_THAT(turned.events(), ElementsAre("found", "start 1 closed", "open 1@0"));
  turned.end(1, {ShardId(2), ShardId(3)});
  EXPECT_THAT(turned.events(), ElementsAre("ended 1"));
  turned.reader.finished(ShardId(1));
  EXPECT_THAT(turned.events(), ElementsAre("start 2", "open 2@0", "start 3", "open 3@0"));
  turned.reader.tick(10'000);
  EXPECT_THAT(turned.events(), IsEmpty()) << "there is something to read";
}

TEST(TableReader, WhatIsMissingIsToldOnceAndLookedForEachSecond) {
  Turned turned(by_name());
  turned.reader.tick(0);
  turned.events();
  turned.refuse(0, RefusedReason::kNoSuchTable);
  EXPECT_THAT(turned.events(), ElementsAre("missing"));
  turned.reader.tick(500);
  EXPECT_THAT(turned.events(), IsEmpty());
  turned.reader.tick(1'000);
  EXPECT_THAT(turned.events(), ElementsAre("list"));
  turned.refuse(0, RefusedReason::kNoSuchTable, 1'000);
  EXPECT_THAT(turned.events(), IsEmpty());
}

TEST(TableReader, FromNowLeavesOutWhatIsClosedAndStartsAtTheHeads) {
  Turned turned(by_name(/*from_now=*/true));
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1, 0, true), shard(2, 1)});
  EXPECT_THAT(turned.events(), ElementsAre("found", "start 2", "open 2@0 latest"));
  Opened opened;
  opened.position = cursor_at(2, 40);
  turned.say(2, opened);
  turned.refuse(2, RefusedReason::kBusy);
  EXPECT_THAT(turned.events(), ElementsAre("opened 2", "interrupted 2"));
  turned.reader.resume(ShardId(2), std::nullopt, 1'000);
  EXPECT_THAT(turned.events(), ElementsAre("open 2@40")) << "what came in between is not left out";
  turned.end(2, {ShardId(3)});
  EXPECT_THAT(turned.events(), ElementsAre("ended 2"));
  turned.reader.finished(ShardId(2));
  EXPECT_THAT(turned.events(), ElementsAre("start 3", "open 3@0"));
}

TEST(TableReader, OfATableThatComesLaterEverythingIsNew) {
  Turned turned(by_name(/*from_now=*/true));
  turned.reader.tick(0);
  turned.events();
  turned.refuse(0, RefusedReason::kNoSuchTable);
  turned.reader.tick(1'000);
  turned.events();
  turned.list({shard(1)}, 1'000);
  EXPECT_THAT(turned.events(), ElementsAre("found", "start 1", "open 1@0"));
}

TEST(TableReader, AfterTheLastShardANewTableOfThatNameIsLookedFor) {
  Turned turned(by_name());
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1)});
  turned.events();
  turned.refuse(1, RefusedReason::kNoSuchShard, 1'000);
  EXPECT_THAT(turned.events(), ElementsAre("lost 1"));
  turned.reader.forget(ShardId(1), 1'000);
  turned.reader.tick(1'000);
  EXPECT_THAT(turned.events(), IsEmpty());
  turned.reader.tick(2'000);
  EXPECT_THAT(turned.events(), ElementsAre("list"));
  turned.list({shard(5)}, 2'000);
  EXPECT_THAT(turned.events(), ElementsAre("start 5", "open 5@0"));
}

// Under an epoch of zeros a region cannot tell a shard that was trimmed from one that never was.
TEST(TableReader, AShardIsOpenedUnderTheEpochThatItWasListedUnder) {
  Turned turned(by_name(), {{ShardId(2), {cursor_at(2, 8), false}}});
  turned.reader.tick(0);
  turned.events();
  Opened table = table_of({shard(1), shard(2)});
  table.epoch = Epoch(6);
  turned.reader.take(turned.open.at(0), table, 0);
  turned.events();
  EXPECT_EQ(turned.epochs.at(1), Epoch(6));
  EXPECT_EQ(turned.epochs.at(2), Epoch(1)) << "its place is of another life of the region";
  turned.end(1, {ShardId(3)});
  turned.reader.finished(ShardId(1));
  turned.events();
  EXPECT_EQ(turned.epochs.at(3), Epoch(6));
  turned.refuse(3, RefusedReason::kBusy);
  turned.reader.resume(ShardId(3), storage::LogCursor(), 10'000);
  turned.events();
  EXPECT_EQ(turned.epochs.at(3), Epoch(6));
}

TEST(TableReader, WhatComesOfAShardThatWasLostIsFoundWhileOthersAreRead) {
  Turned turned(by_name());
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1), shard(2)});
  turned.events();
  turned.refuse(1, RefusedReason::kTrimmed);
  EXPECT_THAT(turned.events(), ElementsAre("lost 1"));
  turned.reader.forget(ShardId(1), 0);
  turned.reader.tick(1'000);
  EXPECT_THAT(turned.events(), ElementsAre("list"));
  turned.list({shard(2), shard(3, 1)}, 1'000);
  EXPECT_THAT(turned.events(), ElementsAre("start 3", "open 3@0"));
  turned.reader.tick(10'000);
  EXPECT_THAT(turned.events(), IsEmpty());
}

TEST(TableReader, WhatWasLeftOutAtFirstStaysLeftOut) {
  Turned turned(by_name(/*from_now=*/true));
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1, 0, true), shard(2, 1)});
  turned.events();
  turned.refuse(2, RefusedReason::kTrimmed);
  turned.reader.forget(ShardId(2), 0);
  turned.reader.tick(1'000);
  turned.events();
  turned.list({shard(1, 0, true), shard(3, 2)}, 1'000);
  EXPECT_THAT(turned.events(), ElementsAre("start 3", "open 3@0"));
}

TEST(TableReader, AReaderOfOneLifeIsExhaustedWithTheLastShard) {
  Turned turned(one_life());
  turned.reader.tick(0);
  turned.events();
  EXPECT_FALSE(turned.reader.exhausted());
  turned.list({shard(1, 0, true)});
  turned.events();
  turned.end(1, {});
  EXPECT_FALSE(turned.reader.exhausted());
  turned.reader.finished(ShardId(1));
  EXPECT_TRUE(turned.reader.exhausted());
  turned.events();
  turned.reader.tick(100'000);
  EXPECT_THAT(turned.events(), IsEmpty());
}

TEST(TableReader, ALostSessionIsOpenedAgainWhereItsOwnerSays) {
  Turned turned(one_life());
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1)});
  turned.events();
  turned.say(1, batch_through(1, 5));
  turned.refuse(1, RefusedReason::kBusy, 100);
  EXPECT_THAT(turned.events(), ElementsAre("batch 1", "interrupted 1"));
  turned.reader.consumed(ShardId(1), 5, 50);
  turned.reader.tick(5'000);
  EXPECT_THAT(turned.events(), IsEmpty())
      << "its credit went with the session, and its owner has not answered";
  turned.reader.resume(ShardId(1), cursor_at(1, 3), 200);
  EXPECT_THAT(turned.events(), IsEmpty()) << "the region is busy";
  turned.reader.tick(1'100);
  EXPECT_THAT(turned.events(), ElementsAre("open 1@3"));
}

TEST(TableReader, NothingOfAnInterruptedSessionIsToldAnyMore) {
  Turned turned(one_life());
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1)});
  turned.events();
  const SessionKey old = turned.open[1];
  turned.say(1, batch_through(1, 5));
  turned.end(1, {ShardId(2)});
  turned.reader.interrupt(ShardId(1));
  EXPECT_THAT(turned.events(), IsEmpty());
  turned.reader.resume(ShardId(1), std::nullopt, 0);
  turned.reader.take(old, batch_through(1, 6), 0);
  EXPECT_THAT(turned.events(), ElementsAre("open 1@5"));
}

TEST(TableReader, AConsumersSessionTakesAcksUntilItIsFinished) {
  TableReader::Options options = by_name();
  options.session.consumer = "counter";
  Turned turned(std::move(options));
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1)});
  turned.events();
  turned.end(1, {});
  turned.reader.ack(ShardId(1), {});
  turned.say(1, AckAnswer{});
  turned.refuse(1, RefusedReason::kBusy);  // behind the answer
  EXPECT_THAT(turned.events(), ElementsAre("ended 1", "ack", "acked 1", "interrupted 1"));
  turned.reader.ack(ShardId(1), {});
  EXPECT_THAT(turned.events(), IsEmpty()) << "there is no session to carry it";
  turned.reader.finished(ShardId(1));
}

TEST(TableReader, WhatARegionRefusesIsTold) {
  const std::pair<RefusedReason, std::string> rows[] = {
      {RefusedReason::kBusy, "interrupted 1"},   {RefusedReason::kTrimmed, "lost 1"},
      {RefusedReason::kWrongEpoch, "lost 1"},    {RefusedReason::kAheadOfHead, "lost 1"},
      {RefusedReason::kRecordDiffers, "lost 1"}, {RefusedReason::kNoSuchShard, "lost 1"},
      {RefusedReason::kNoSuchTable, "lost 1"},   {RefusedReason::kVersion, "stuck 1"},
      {RefusedReason::kNotAllowed, "stuck 1"},   {RefusedReason::kMalformed, "stuck 1"},
      {RefusedReason::kUnreadable, "stuck 1"},
  };
  for (const auto& [reason, word] : rows) {
    Turned turned(one_life());
    turned.reader.tick(0);
    turned.events();
    turned.list({shard(1)});
    turned.events();
    turned.refuse(1, reason);
    EXPECT_THAT(turned.events(), ElementsAre(word)) << static_cast<int>(reason);
    EXPECT_FALSE(turned.reader.exhausted());
  }
}

TEST(TableReader, APositionIsReadOnFrom) {
  Turned turned(one_life(), {{ShardId(1), {cursor_at(1, 8), true}}, {ShardId(2), {cursor_at(2, 4), false}}});
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1, 0, true), shard(2, 1)});
  EXPECT_THAT(turned.events(), ElementsAre("found", "start 2", "open 2@4"));
}

// What a listing tells to whom: the position as "shard" or "-shard" (finished), the shards as (id, parent).
struct LossRow {
  const char* what;
  std::vector<int> position;
  std::vector<std::pair<int, int>> listed;
  std::vector<std::string> lost;
};

TEST(TableReader, WhatWasTrimmedUnreadIsLostAndNeverSkipped) {
  const LossRow rows[] = {
      {"a first reading has lost nothing", {}, {{30, 20}}, {}},
      {"an unfinished shard is gone", {10}, {{20, 10}}, {"lost 10"}},
      {"an unfinished shard is gone with all that descends from it", {10}, {}, {"lost 10"}},
      {"a finished one may go", {-10, 20}, {{20, 10}}, {}},
      {"the child of a finished one came and went", {-10, 11}, {{11, 0}, {30, 20}}, {"lost 20"}},
      {"two of them, told once each",
       {-10, 11},
       {{11, 0}, {30, 20}, {31, 20}, {32, 21}},
       {"lost 20", "lost 21"}},
      {"a known child of a forgotten parent", {20}, {{20, 10}}, {}},
      {"a child of a listed parent", {-10}, {{10, 0}, {20, 10}}, {}},
  };
  for (const LossRow& row : rows) {
    TableReader::Position position;
    for (const int place : row.position) {
      position[ShardId(static_cast<std::uint64_t>(std::abs(place)))].finished = place < 0;
    }
    std::vector<ShardInfo> listed;
    for (const auto& [id, parent] : row.listed) {
      listed.push_back(shard(static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(parent)));
    }
    Turned turned(one_life(), std::move(position));
    turned.reader.tick(0);
    turned.events();
    turned.list(std::move(listed));
    std::vector<std::string> lost = turned.events();
    std::erase_if(lost, [](const std::string& word) { return !word.starts_with("lost"); });
    EXPECT_EQ(lost, row.lost) << row.what;
  }
}

TEST(TableReader, ClosingEndsEverySessionAndTellsNothingMore) {
  Turned turned(one_life());
  turned.reader.tick(0);
  turned.events();
  turned.list({shard(1), shard(2)});
  turned.events();
  turned.say(1, batch_through(1, 5));
  turned.reader.close();
  turned.say(2, batch_through(2, 5));
  turned.reader.tick(10'000);
  int closed = 0;
  while (const auto event = turned.reader.next_event()) {
    EXPECT_TRUE(std::holds_alternative<CloseSession>(*event));
    ++closed;
  }
  EXPECT_EQ(closed, 2);
}

}  // namespace
}  // namespace gyre::streams
