// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "global-tables/change_record_test.h"

namespace gyre::global_tables {
namespace {

/// A link that follows shard 7, with its reset and its list of shards behind it.
class TableLinkTest : public testing::Test {
 protected:
  TableLinkTest() {
    link.start(kNowMs);
    link.committed(expect<CommitWork>().key, Status(), kNowMs);
    link.take(expect<streams::OpenSession>().key, shard_seven(), kNowMs);
    expect<streams::CloseSession>();
    listing = expect<CommitWork>();
    EXPECT_TRUE(idle()) << "nothing is read before its shard is remembered";
    link.committed(listing.key, Status(), kNowMs);
    session = expect<streams::OpenSession>().key;
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
    link.take(session, batch_of(std::move(records), through), kNowMs);
  }

  SessionKey keys = 0;
  TableLink link{
      {RegionId("peer"), IncarnationId(2), TableId(1), "T", {{"id", ScalarType::kString}, {}}, false},
      {},
      keys};
  SessionKey session = 0;
  CommitWork listing;
  std::deque<LinkCommand> commands;
};

TEST_F(TableLinkTest, CreditComesOnlyAfterTheCommitAndOneCommitIsUnderWayAtATime) {
  deliver({record_at(1)}, 1);
  deliver({record_at(2)}, 2);
  const CommitWork first = expect<CommitWork>();
  EXPECT_TRUE(idle());
  link.committed(first.key, Status(), kNowMs);
  EXPECT_EQ(expect<streams::GiveCredit>().records, 1U);
  const CommitWork second = expect<CommitWork>();
  EXPECT_EQ(second.work.step.from, first.work.step.to);
}

TEST_F(TableLinkTest, CursorNeverPassesARecordThatCannotBeApplied) {
  deliver({record_at(1), record_at(2, kNowMs, "elsewhere"), record_at(3)}, 3);
  const CommitWork work = expect<CommitWork>();
  EXPECT_EQ(work.work.records.size(), 1U);
  EXPECT_EQ(work.work.step.to.ordinal, Ordinal(1));
  link.committed(work.key, Status(), kNowMs);
  expect<streams::GiveCredit>();
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

TEST_F(TableLinkTest, AWriteKeepsWhoAskedForItWithinBounds) {
  storage::ChangeRecord record = storage::decode_change_record(record_at(1)).value();
  const auto incoming = [&] {
    return decode_incoming(storage::encode_change_record(record), link.identity().key_schema,
                           RegionId("peer"), RecordSource::kLog)
        .value()
        .write.audit;
  };
  record.audit = {"AKIA", true, "R1", "10.0.0.1", "agent/1"};
  EXPECT_EQ(incoming(), record.audit);
  record.audit.user_agent.assign(100'000, 'x');
  EXPECT_EQ(incoming().user_agent.size(), limits::kAuditUserAgentBytesMax);
}

TEST_F(TableLinkTest, RecordAheadOfTheClockIsHeldUntilItsTime) {
  deliver({record_at(1), record_at(2, kNowMs + 2'000)}, 2);
  const CommitWork work = expect<CommitWork>();
  EXPECT_EQ(work.work.step.to.ordinal, Ordinal(1));
  link.committed(work.key, Status(), kNowMs);
  expect<streams::GiveCredit>();
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
  link.tick(kNowMs + 99);
  EXPECT_TRUE(idle()) << "the writer is given time";
  link.tick(kNowMs + 100);
  EXPECT_EQ(expect<CommitWork>().work.records.size(), 1U);
}

TEST_F(TableLinkTest, WhyTheWriterTakesNothingIsShownUntilItDoes) {
  const auto shown = [&] { return link.report().sessions.at(0).message; };
  deliver({record_at(1)}, 1);
  link.committed(expect<CommitWork>().key, Error(ErrorCode::kThrottled, "the queue is full"), kNowMs);
  EXPECT_EQ(shown(), "") << "it is about to go on";
  link.tick(kNowMs + 100);
  link.committed(expect<CommitWork>().key, Error(ErrorCode::kUnavailable, "the disk is almost full"), kNowMs);
  EXPECT_EQ(shown(), "the disk is almost full");
  EXPECT_EQ(link.report().sessions.at(0).state, SessionState::kReading);
  link.tick(kNowMs + 200);
  EXPECT_EQ(shown(), "the disk is almost full");
  link.committed(expect<CommitWork>().key, Status(), kNowMs + 200);
  EXPECT_EQ(shown(), "");
}

TEST_F(TableLinkTest, AClockThatIsSetBackEndsItsPauses) {
  constexpr std::uint64_t kBackMs = kNowMs - 3'600'000;
  deliver({record_at(1, kBackMs)}, 1);
  link.committed(expect<CommitWork>().key, Error(ErrorCode::kThrottled, "full"), kNowMs);
  link.tick(kBackMs);
  link.committed(expect<CommitWork>().key, Status(), kBackMs);
  expect<streams::GiveCredit>();
  link.take(session, streams::Refusal{streams::RefusedReason::kBusy, "busy", {}}, kNowMs);
  expect<streams::CloseSession>();
  link.tick(kBackMs);
  const SessionKey again = expect<streams::OpenSession>().key;
  link.take(again, streams::Refusal{streams::RefusedReason::kTrimmed, "trimmed", {}}, kNowMs);
  expect<streams::CloseSession>();
  link.tick(kBackMs);
  EXPECT_TRUE(expect<CommitWork>().work.step.copy);
}

TEST_F(TableLinkTest, AClockThatIsSetBackDoesNotKeepAnIdleCursorFromTheStore) {
  deliver({}, 5);
  EXPECT_TRUE(idle());
  link.tick(kNowMs + 4'999);
  EXPECT_TRUE(idle());
  link.tick(kNowMs - 3'600'000);
  EXPECT_EQ(expect<CommitWork>().work.step.to.ordinal, Ordinal(5));
}

TEST_F(TableLinkTest, WhatIsAppliedIsNotToldByTheWatermarkOfAFormerLifeOfThePeer) {
  const auto told = [&] { return link.report().sessions.at(0).watermark; };
  link.take(session, streams::Heard{100, Ordinal(), Ordinal()}, kNowMs);
  EXPECT_EQ(told(), HybridTime(100));
  link.take(session, streams::Heard{50, Ordinal(), Ordinal(1)}, kNowMs);
  EXPECT_EQ(told(), HybridTime(0)) << "a write is on its way, which may be older than 100";
  link.take(session, streams::Heard{60, Ordinal(1), Ordinal(1)}, kNowMs);
  EXPECT_EQ(told(), HybridTime(60));
}

TEST_F(TableLinkTest, WhatIsAppliedStaysKnownWhileThePeerIsAhead) {
  const auto told = [&] { return link.report().sessions.at(0).watermark; };
  const auto arrives = [&](std::uint64_t place, HybridTime watermark) {
    streams::RecordBatch batch = batch_of({record_at(place)}, place);
    batch.watermark = watermark;
    batch.head_ordinal = Ordinal(place);
    link.take(session, std::move(batch), kNowMs);
    link.committed(expect<CommitWork>().key, Status(), kNowMs);
    expect<streams::GiveCredit>();
  };
  link.take(session, streams::Heard{100, Ordinal(), Ordinal()}, kNowMs);
  link.take(session, streams::Heard{200, Ordinal(), Ordinal(2)}, kNowMs);
  arrives(1, 150);  // it was read before that tick was sent
  EXPECT_EQ(told(), HybridTime(100)) << "the second write may be older than 200";
  arrives(2, 150);
  EXPECT_EQ(told(), HybridTime(200));
}

TEST_F(TableLinkTest, WhatIsAppliedStaysKnownWhenAShardIsOpenedAgain) {
  const auto told = [&] { return link.report().sessions.at(0).watermark; };
  link.take(session, streams::Heard{100, Ordinal(), Ordinal()}, kNowMs);
  link.take(session, streams::Refusal{streams::RefusedReason::kBusy, "busy", {}}, kNowMs);
  expect<streams::CloseSession>();
  link.tick(kNowMs + 1'000);
  session = expect<streams::OpenSession>().key;
  link.take(session, streams::Opened(), kNowMs + 1'000);
  deliver({record_at(1)}, 1);
  link.committed(expect<CommitWork>().key, Status(), kNowMs + 1'000);
  EXPECT_EQ(told(), HybridTime(100));
  link.take(session, streams::Heard{50, Ordinal(1), Ordinal(2)}, kNowMs);
  EXPECT_EQ(told(), HybridTime(0)) << "the peer was set back meanwhile";
}

TEST_F(TableLinkTest, UnreadableCursorStartsACopyOfTheWholeTable) {
  link.take(session, streams::Refusal{streams::RefusedReason::kTrimmed, "trimmed", {}}, kNowMs);
  expect<streams::CloseSession>();
  EXPECT_EQ(link.report().state, "RESYNC");
  link.tick(kNowMs + 1'000);
  const CommitWork reset = expect<CommitWork>();
  EXPECT_TRUE(reset.work.step.copy);
  EXPECT_EQ(link.report().state, "RESYNC");
  EXPECT_EQ(link.report().sessions.at(0).message, "trimmed");
  link.committed(reset.key, Status(), kNowMs);
  EXPECT_EQ(link.report().state, "COPYING");
  link.take(expect<streams::OpenSession>().key, streams::Opened(), kNowMs);
  expect<streams::CloseSession>();
  EXPECT_TRUE(expect<streams::OpenSession>().options.table_scan.has_value());
}

TEST_F(TableLinkTest, AfterALostSessionReadingGoesOnOnlyBehindItsLastCommit) {
  deliver({record_at(1)}, 1);
  const CommitWork work = expect<CommitWork>();
  link.take(session, streams::Refusal{streams::RefusedReason::kBusy, "busy", {}}, kNowMs);
  expect<streams::CloseSession>();
  link.tick(kNowMs + 1'000);
  EXPECT_TRUE(idle());  // the commit may still come through
  link.committed(work.key, Status(), kNowMs + 1'000);
  link.tick(kNowMs + 1'000);
  EXPECT_EQ(expect<streams::OpenSession>().options.shard, work.work.step.to);
}

TEST_F(TableLinkTest, ABusyRegionInterruptsOneShardAlone) {
  link.take(session, streams::Refusal{streams::RefusedReason::kBusy, "busy", {}}, kNowMs);
  expect<streams::CloseSession>();
  link.tick(kNowMs + 999);
  EXPECT_TRUE(idle());
  EXPECT_EQ(link.report().state, "FOLLOWING");
  link.tick(kNowMs + 1'000);
  EXPECT_EQ(expect<streams::OpenSession>().options.shard->shard, ShardId(7));
}

TEST_F(TableLinkTest, WhatABusyRegionSaysIsShownUntilItOpensTheShardAgain) {
  link.take(session, streams::Refusal{streams::RefusedReason::kBusy, "no room", {}}, kNowMs);
  expect<streams::CloseSession>();
  EXPECT_EQ(link.report().sessions.at(0).message, "no room");
  EXPECT_EQ(link.report().sessions.at(0).state, SessionState::kReading);
  link.tick(kNowMs + 1'000);
  link.take(expect<streams::OpenSession>().key, streams::Opened(), kNowMs + 1'000);
  EXPECT_EQ(link.report().sessions.at(0).message, "");
}

TEST_F(TableLinkTest, WhyAShardStoppedIsShownWhateverBecomesOfItsSession) {
  deliver({record_at(1, kNowMs, "elsewhere")}, 1);
  const std::string why = link.report().sessions.at(0).message;
  link.take(session, streams::Refusal{streams::RefusedReason::kBusy, "no room", {}}, kNowMs);
  EXPECT_EQ(link.report().sessions.at(0).message, why);
  EXPECT_EQ(link.report().sessions.at(0).state, SessionState::kStopped);
}

TEST_F(TableLinkTest, ALinkWhoseTableIsGoneHereSaysSo) {
  deliver({record_at(1)}, 1);
  link.committed(expect<CommitWork>().key, Error::resource_not_found("the replica was dropped"), kNowMs);
  const SessionReport line = link.report().sessions.at(0);
  EXPECT_EQ(line.state, SessionState::kStopped);
  EXPECT_EQ(line.message, "the replica was dropped");
}

TEST_F(TableLinkTest, OfALifeThatEndedTheKnownShardsAreReadAndNothingIsCopied) {
  link.life_ended(kNowMs);
  deliver({record_at(1)}, 1);
  link.committed(expect<CommitWork>().key, Status(), kNowMs);
  expect<streams::GiveCredit>();
  EXPECT_FALSE(link.exhausted());
  link.take(session, streams::Refusal{streams::RefusedReason::kTrimmed, "trimmed", {}}, kNowMs);
  expect<streams::CloseSession>();
  link.tick(kNowMs + 10'000);
  EXPECT_TRUE(idle());
  EXPECT_TRUE(link.exhausted()) << "its group need not wait for it";
  EXPECT_EQ(link.report().sessions.at(0).message, "trimmed");
}

TEST_F(TableLinkTest, TheShardsOfAListingAreRememberedInOneCommit) {
  EXPECT_EQ(listing.work.step.kind, ProgressStep::Kind::kListed);
  EXPECT_EQ(listing.work.step.shards, std::vector<ShardId>{ShardId(7)});
}

TableLinkIdentity table_two() {
  return {RegionId("peer"), IncarnationId(2), TableId(1), "T", {{"id", ScalarType::kString}, {}}, false};
}

TEST(TableLinkAtItsStart, ProgressThatCannotBeReadLeadsToACopy) {
  SessionKey keys = 0;
  TableLink link(table_two(), TableProgress(), keys);
  link.start(kNowMs);
  EXPECT_TRUE(std::get<CommitWork>(link.take_commands().at(0)).work.step.copy);
  EXPECT_EQ(link.report().state, "RESYNC");
}

TEST(TableLinkAtItsStart, WithoutProgressTheLogIsFollowed) {
  SessionKey keys = 0;
  TableLink link(table_two(), std::nullopt, keys);
  link.start(kNowMs);
  EXPECT_FALSE(std::get<CommitWork>(link.take_commands().at(0)).work.step.copy);
  EXPECT_EQ(link.report().state, "FOLLOWING");
}

TEST(TableLinkAtItsStart, ALifeThatEndedIsNotLookedForByItsName) {
  TableLinkIdentity ended = table_two();
  ended.ended = true;
  SessionKey keys = 0;
  TableLink link(ended, std::nullopt, keys);
  link.start(kNowMs);
  EXPECT_TRUE(link.take_commands().empty());
  EXPECT_TRUE(link.exhausted());
}

TEST(TableLinkAtItsStart, OfALifeThatEndedWhatIsKnownOfItIsReadOn) {
  TableLinkIdentity ended = table_two();
  ended.ended = true;
  TableProgress stored;
  stored.peer_incarnation = IncarnationId(2);
  stored.copied = true;
  stored.shards[ShardId(7)].cursor = {Epoch(1), ShardId(7), SequenceNumber(10), Ordinal(1), 9};
  SessionKey keys = 0;
  TableLink link(ended, stored, keys);
  link.start(kNowMs);
  const auto opened = std::get<streams::OpenSession>(link.take_commands().at(0));
  EXPECT_EQ(opened.options.shard, stored.shards[ShardId(7)].cursor);
  EXPECT_FALSE(link.exhausted());
  link.take(opened.key, streams::ShardEnd{{ShardId(8)}}, kNowMs);
  std::vector<LinkCommand> commands = link.take_commands();
  link.committed(std::get<CommitWork>(commands.back()).key, Status(), kNowMs);
  const auto child = std::get<streams::OpenSession>(link.take_commands().at(0));
  EXPECT_EQ(child.options.shard->shard, ShardId(8));
  link.take(child.key, streams::ShardEnd{}, kNowMs);
  commands = link.take_commands();
  link.committed(std::get<CommitWork>(commands.back()).key, Status(), kNowMs);
  EXPECT_TRUE(link.exhausted());
}

TEST(TableLinkAtItsStart, NorIsOneThatEndsBeforeItsShardsAreKnown) {
  TableProgress stored;
  stored.peer_incarnation = IncarnationId(2);
  SessionKey keys = 0;
  TableLink link(table_two(), stored, keys);
  link.start(kNowMs);
  const SessionKey listing = std::get<streams::OpenSession>(link.take_commands().at(0)).key;
  link.life_ended(kNowMs);
  EXPECT_EQ(std::get<streams::CloseSession>(link.take_commands().at(0)).key, listing);
  link.take(listing, shard_seven(), kNowMs);
  link.tick(kNowMs + 10'000);
  EXPECT_TRUE(link.take_commands().empty());
  EXPECT_TRUE(link.exhausted());
}

TableProgress followed_through_one() {
  TableProgress stored;
  stored.peer_incarnation = IncarnationId(2);
  stored.copied = true;
  stored.shards[ShardId(7)].cursor = {Epoch(1), ShardId(7), SequenceNumber(10), Ordinal(1), 9};
  return stored;
}

// What is written to the log meanwhile.
std::string logged_in(const std::function<void()>& work) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  work();
  return testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
}

// The last commands of a link: a session of the known shard, where it stopped.
void expect_known_shard_read_on(TableLink& link) {
  const std::vector<LinkCommand> commands = link.take_commands();
  ASSERT_FALSE(commands.empty());
  const auto* opened = std::get_if<streams::OpenSession>(&commands.back());
  ASSERT_NE(opened, nullptr);
  EXPECT_EQ(opened->options.shard, followed_through_one().shards.at(ShardId(7)).cursor);
  EXPECT_FALSE(link.exhausted());
}

TEST(TableLinkAtItsStart, OfALifeThatEndsBeforeItsListingIsAnsweredTheKnownShardsAreReadOn) {
  SessionKey keys = 0;
  TableLink link(table_two(), followed_through_one(), keys);
  link.start(kNowMs);
  const SessionKey listing = std::get<streams::OpenSession>(link.take_commands().at(0)).key;
  link.take(listing, streams::Refusal{streams::RefusedReason::kNoSuchTable, "no table", {}}, kNowMs);
  link.life_ended(kNowMs);
  expect_known_shard_read_on(link);
}

TEST(TableLinkAtItsStart, OfALifeThatEndsWhileACopyIsDueTheKnownShardsAreReadOn) {
  SessionKey keys = 0;
  TableLink link(table_two(), followed_through_one(), keys);
  link.start(kNowMs);
  streams::Opened of_another_life = shard_seven();
  of_another_life.shards[0].shard = ShardId(9);
  link.take(std::get<streams::OpenSession>(link.take_commands().at(0)).key, of_another_life, kNowMs);
  EXPECT_EQ(link.report().state, "RESYNC");
  link.take_commands();
  link.life_ended(kNowMs);
  expect_known_shard_read_on(link);
}

TEST(TableLinkAtItsStart, OfALifeThatEndsWhileItsResetFailsTheKnownShardsAreReadOn) {
  SessionKey keys = 0;
  TableLink link(table_two(), followed_through_one(), keys);
  link.start(kNowMs);
  streams::Opened of_another_life = shard_seven();
  of_another_life.shards[0].shard = ShardId(9);
  link.take(std::get<streams::OpenSession>(link.take_commands().at(0)).key, of_another_life, kNowMs);
  link.take_commands();
  link.tick(kNowMs + 1'000);
  const SessionKey reset = std::get<CommitWork>(link.take_commands().at(0)).key;
  link.life_ended(kNowMs + 1'000);
  EXPECT_FALSE(link.exhausted());
  link.committed(reset, Error(ErrorCode::kThrottled, "full"), kNowMs + 1'000);
  expect_known_shard_read_on(link);
}

// Its reset is stored, and no list of its shards.
TEST(TableLinkAtItsStart, ALifeThatEndsBeforeAnyShardWasSeenIsOverAndSaysSo) {
  SessionKey keys = 0;
  TableProgress stored;
  stored.peer_incarnation = IncarnationId(2);
  stored.copied = true;
  TableLink link(table_two(), stored, keys);
  link.start(kNowMs);
  const std::string logged = logged_in([&] {
    link.life_ended(kNowMs);
    link.life_ended(kNowMs);
  });
  EXPECT_TRUE(link.exhausted());
  EXPECT_EQ(std::count(logged.begin(), logged.end(), '\n'), 1) << logged;
  EXPECT_NE(logged.find("the end of a table that was dropped is lost"), std::string::npos) << logged;
}

TEST(TableLinkAtItsStart, AClockThatIsSetBackDoesNotKeepItFromItsCopy) {
  TableProgress stored;
  stored.peer_incarnation = IncarnationId(2);
  SessionKey keys = 0;
  TableLink link(table_two(), stored, keys);
  link.start(kNowMs);
  link.take(std::get<streams::OpenSession>(link.take_commands().at(0)).key, streams::Opened(), kNowMs);
  const SessionKey copy = std::get<streams::OpenSession>(link.take_commands().back()).key;
  link.take(copy, streams::Refusal{streams::RefusedReason::kBusy, "no room", {}}, kNowMs);
  link.take_commands();
  link.tick(kNowMs - 3'600'000);
  const std::vector<LinkCommand> commands = link.take_commands();
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_TRUE(std::get<streams::OpenSession>(commands[0]).options.table_scan.has_value());
}

TEST(TableLinkAtItsStart, WhatABusyRegionSaysOfACopyIsShownUntilItIsOpenedAgain) {
  TableProgress stored;
  stored.peer_incarnation = IncarnationId(2);
  SessionKey keys = 0;
  TableLink link(table_two(), stored, keys);
  link.start(kNowMs);
  link.take(std::get<streams::OpenSession>(link.take_commands().at(0)).key, streams::Opened(), kNowMs);
  const SessionKey copy = std::get<streams::OpenSession>(link.take_commands().back()).key;
  link.take(copy, streams::Refusal{streams::RefusedReason::kBusy, "no room", {}}, kNowMs);
  EXPECT_EQ(link.report().sessions.at(0).message, "no room");
  link.tick(kNowMs + 1'000);
  link.take(std::get<streams::OpenSession>(link.take_commands().back()).key, streams::Opened(), kNowMs);
  EXPECT_EQ(link.report().sessions.at(0).message, "");
}

// A link that is taken up again at stored progress, and hears of these shards.
std::string state_after(const TableProgress& stored, const streams::Opened& listed) {
  SessionKey keys = 0;
  TableLink link(table_two(), stored, keys);
  link.start(kNowMs);
  link.take(std::get<streams::OpenSession>(link.take_commands().at(0)).key, listed, kNowMs);
  return link.report().state;
}

TEST(TableLinkAfterAnAbsence, AShardThatWasTrimmedUnreadIsResyncedNotSkipped) {
  TableProgress stored;
  stored.peer_incarnation = IncarnationId(2);
  stored.copied = true;
  stored.shards[ShardId(7)].cursor = {Epoch(1), ShardId(7), SequenceNumber(10), Ordinal(1), 9};
  EXPECT_EQ(state_after(stored, shard_seven()), "FOLLOWING");
  streams::Opened child;
  child.shards.resize(1);
  child.shards[0].shard = ShardId(8);
  child.shards[0].parent = ShardId(7);
  EXPECT_EQ(state_after(stored, child), "RESYNC") << "shard 7 is gone, unfinished";
  stored.shards[ShardId(7)].done_ms = kNowMs;
  EXPECT_EQ(state_after(stored, child), "FOLLOWING");
  child.shards[0].parent = ShardId(6);
  EXPECT_EQ(state_after(stored, child), "RESYNC") << "shard 6 came and went";
}

}  // namespace
}  // namespace gyre::global_tables
