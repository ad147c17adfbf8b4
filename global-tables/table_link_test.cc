// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_link.h"

#include <gtest/gtest.h>

#include "core/model/item_codec.h"
#include "core/storage/change_record.h"

namespace gyre::global_tables {
namespace {

constexpr std::uint64_t kNowMs = 1'800'000'000'000;

std::string record_at(std::uint64_t place, std::uint64_t stamp_ms = kNowMs,
                      const std::string& origin = "peer") {
  storage::ChangeRecord record;
  record.shard = ShardId(7);
  record.sequence = SequenceNumber(place * 10);
  record.ordinal = Ordinal(place);
  record.keys = encode_item(Item{{"id", AttributeValue::string("k" + std::to_string(place))}});
  record.new_image = record.keys;
  record.version = {hybrid_from_ms(stamp_ms), RegionId("peer")};
  record.commit_time = record.version.clock;
  record.origin.region = RegionId(origin);
  return storage::encode_change_record(record);
}

/// A link that follows shard 7, with its reset and its list of shards behind it.
class TableLinkTest : public testing::Test {
 protected:
  TableLinkTest() {
    link.start();
    link.committed(expect<CommitWork>().key, Status(), kNowMs);
    streams::Opened opened;
    opened.shards.resize(1);
    opened.shards[0].shard = ShardId(7);
    link.opened(expect<OpenSession>().key, opened, kNowMs);
    expect<CloseSession>();
    session = expect<OpenSession>().key;
  }

  template <class Command>
  Command expect() {
    for (LinkCommand& command : link.take_commands()) commands.push_back(std::move(command));
    CHECK(!commands.empty());
    Command command = std::get<Command>(std::move(commands.front()));
    commands.pop_front();
    return command;
  }
  bool idle() { return commands.empty() && link.take_commands().empty(); }
  void deliver(std::vector<std::string> records, std::uint64_t through) {
    streams::RecordBatch batch;
    batch.records = std::move(records);
    batch.scanned_through = {Epoch(1), ShardId(7), SequenceNumber(through * 10), Ordinal(through), 99};
    link.batch(session, std::move(batch), kNowMs);
  }

  SessionKey keys = 0;
  TableLink link{
      {RegionId("peer"), IncarnationId(2), TableId(1), "T", {{"id", ScalarType::kString}, {}}, false},
      {},
      keys};
  SessionKey session = 0;
  std::deque<LinkCommand> commands;
};

TEST_F(TableLinkTest, CreditComesOnlyAfterTheCommitAndOneCommitIsUnderWayAtATime) {
  deliver({record_at(1)}, 1);
  deliver({record_at(2)}, 2);
  const CommitWork first = expect<CommitWork>();
  EXPECT_TRUE(idle());
  link.committed(first.key, Status(), kNowMs);
  EXPECT_EQ(expect<GiveCredit>().records, 1U);
  const CommitWork second = expect<CommitWork>();
  EXPECT_EQ(second.work.step.from, first.work.step.to);
}

TEST_F(TableLinkTest, CursorNeverPassesARecordThatCannotBeApplied) {
  deliver({record_at(1), record_at(2, kNowMs, "elsewhere"), record_at(3)}, 3);
  const CommitWork work = expect<CommitWork>();
  EXPECT_EQ(work.work.records.size(), 1U);
  EXPECT_EQ(work.work.step.to.ordinal, Ordinal(1));
  link.committed(work.key, Status(), kNowMs);
  expect<GiveCredit>();
  EXPECT_TRUE(idle());
  EXPECT_EQ(link.report().sessions.at(0).state, SessionState::kStopped);
  EXPECT_NE(link.report().sessions.at(0).message.find("elsewhere"), std::string::npos);
}

TEST_F(TableLinkTest, RecordAheadOfTheClockIsHeldUntilItsTime) {
  deliver({record_at(1), record_at(2, kNowMs + 2'000)}, 2);
  const CommitWork work = expect<CommitWork>();
  EXPECT_EQ(work.work.step.to.ordinal, Ordinal(1));
  link.committed(work.key, Status(), kNowMs);
  expect<GiveCredit>();
  link.tick(kNowMs + 1'000);
  EXPECT_TRUE(idle());
  EXPECT_EQ(link.report().sessions.at(0).state, SessionState::kHeld);
  link.tick(kNowMs + 1'600);
  EXPECT_EQ(expect<CommitWork>().work.step.to.ordinal, Ordinal(2));
}

TEST_F(TableLinkTest, ThrottledCommitIsTriedAgainAndLosesNothing) {
  deliver({record_at(1)}, 1);
  const CommitWork work = expect<CommitWork>();
  link.committed(work.key, Error(ErrorCode::kThrottled, "full"), kNowMs);
  EXPECT_TRUE(idle());
  link.tick(kNowMs);
  EXPECT_EQ(expect<CommitWork>().work.records.size(), 1U);
}

TEST_F(TableLinkTest, UnreadableCursorStartsACopyOfTheWholeTable) {
  link.refused(session, streams::RefusedReason::kTrimmed, "trimmed", kNowMs);
  expect<CloseSession>();
  EXPECT_EQ(link.report().state, "RESYNC");
  link.tick(kNowMs + 1'000);
  const CommitWork reset = expect<CommitWork>();
  EXPECT_TRUE(reset.work.step.copy);
  link.committed(reset.key, Status(), kNowMs);
  link.opened(expect<OpenSession>().key, {}, kNowMs);
  expect<CloseSession>();
  EXPECT_TRUE(expect<OpenSession>().options.table_scan.has_value());
}

}  // namespace
}  // namespace gyre::global_tables
