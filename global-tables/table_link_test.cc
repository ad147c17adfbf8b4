// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_link.h"

#include <gtest/gtest.h>

#include "global-tables/change_record_test.h"

namespace gyre::global_tables {
namespace {

/// A link that follows shard 7, with its reset and its list of shards behind it.
class TableLinkTest : public testing::Test {
 protected:
  TableLinkTest() {
    link.start();
    link.committed(expect<CommitWork>().key, Status(), kNowMs);
    link.opened(expect<OpenSession>().key, shard_seven(), kNowMs);
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
    link.batch(session, batch_of(std::move(records), through), kNowMs);
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

TEST_F(TableLinkTest, ARecordOfAnotherShardStopsTheSession) {
  storage::ChangeRecord foreign = storage::decode_change_record(record_at(1)).value();
  foreign.shard = ShardId(8);
  deliver({storage::encode_change_record(foreign)}, 1);
  EXPECT_TRUE(idle());
  EXPECT_EQ(link.report().sessions.at(0).state, SessionState::kStopped);
}

TEST_F(TableLinkTest, ARecordWhoseRegionHasNoProperNameStopsTheSession) {
  storage::ChangeRecord odd = storage::decode_change_record(record_at(1)).value();
  odd.version.region = RegionId("two\nlines");
  deliver({storage::encode_change_record(odd)}, 1);
  EXPECT_TRUE(idle());
  EXPECT_EQ(link.report().sessions.at(0).state, SessionState::kStopped);
  odd.version.region = RegionId(std::string(100'000, 'x'));
  EXPECT_FALSE(decode_incoming(storage::encode_change_record(odd), link.identity().key_schema,
                               RegionId("peer"), RecordSource::kLog)
                   .ok());
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

TEST_F(TableLinkTest, AfterALostSessionReadingGoesOnOnlyBehindItsLastCommit) {
  deliver({record_at(1)}, 1);
  const CommitWork work = expect<CommitWork>();
  link.refused(session, streams::RefusedReason::kBusy, "busy", kNowMs);
  expect<CloseSession>();
  link.tick(kNowMs + 1'000);
  EXPECT_TRUE(idle());  // the commit may still come through
  link.committed(work.key, Status(), kNowMs + 1'000);
  link.tick(kNowMs + 1'000);
  link.opened(expect<OpenSession>().key, shard_seven(), kNowMs);
  expect<CloseSession>();
  EXPECT_EQ(expect<OpenSession>().options.shard, work.work.step.to);
}

}  // namespace
}  // namespace gyre::global_tables
