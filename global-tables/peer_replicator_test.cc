// SPDX-License-Identifier: Apache-2.0
#include "global-tables/peer_replicator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "global-tables/change_record_test.h"

namespace gyre::global_tables {
namespace {

/// A replicator whose writer is the test: it holds commits back, and keeps what they store.
class PeerReplicatorTest : public testing::Test {
 protected:
  PeerReplicatorTest() { replicator.start(); }

  TableLinkIdentity table(std::uint64_t life) {
    return {RegionId("peer"), IncarnationId(life), TableId(1), "T", {{"id", ScalarType::kString}, {}}, false};
  }
  // The latest command of this kind, of all that came since the last look.
  template <class Command>
  std::optional<Command> latest() {
    std::optional<Command> found;
    for (LinkCommand& command : replicator.take_commands()) {
      if (auto* match = std::get_if<Command>(&command)) found = std::move(*match);
    }
    return found;
  }
  // What the writer does with it.
  void commit(const CommitWork& command) {
    TableProgress progress = stored.value_or(TableProgress());
    ASSERT_TRUE(advance(progress, command.work.step, kNowMs).ok());
    stored = progress;
    replicator.committed(command.key, Status(), kNowMs);
  }
  // Follows the table up to its shard.
  SessionKey follow_shard() {
    replicator.follow({table(2)}, kNowMs);
    commit(latest<CommitWork>().value());  // the reset
    replicator.take(latest<streams::OpenSession>().value().key, shard_seven(), kNowMs);
    commit(latest<CommitWork>().value());  // the listing
    return latest<streams::OpenSession>().value().key;
  }

  std::optional<TableProgress> stored;
  int loads = 0;
  PeerReplicator replicator{RegionId("peer"), [this](const TableLinkIdentity&) {
                              ++loads;
                              return stored;
                            }};
};

TEST_F(PeerReplicatorTest, ATableIsFollowedAgainOnlyOnceTheWriterHasGivenBackWhatItHadOfIt) {
  const SessionKey session = follow_shard();
  replicator.take(session, batch_of({record_at(1)}, 1), kNowMs);
  const CommitWork work = latest<CommitWork>().value();
  replicator.follow({}, kNowMs);  // the peer's catalog is read anew
  EXPECT_TRUE(latest<streams::CloseSession>().has_value());
  EXPECT_TRUE(replicator.report().empty());
  replicator.follow({table(2)}, kNowMs);
  EXPECT_FALSE(latest<streams::OpenSession>().has_value());
  EXPECT_EQ(loads, 1);

  commit(work);
  EXPECT_EQ(loads, 2);
  replicator.take(latest<streams::OpenSession>().value().key, shard_seven(), kNowMs);
  const streams::OpenSession again = latest<streams::OpenSession>().value();
  EXPECT_EQ(again.options.shard, work.work.step.to);
  replicator.take(again.key, batch_of({record_at(2)}, 2), kNowMs);
  commit(latest<CommitWork>().value());
  EXPECT_EQ(stored->shards.at(ShardId(7)).cursor.ordinal, Ordinal(2));
}

TEST_F(PeerReplicatorTest, ATableThatIsGoneForGoodIsForgottenWithItsLastCommit) {
  const SessionKey session = follow_shard();
  replicator.take(session, batch_of({record_at(1)}, 1), kNowMs);
  const CommitWork work = latest<CommitWork>().value();
  replicator.follow({}, kNowMs);
  replicator.committed(work.key, Error(ErrorCode::kResourceNotFound, "no member any more"), kNowMs);
  replicator.tick(kNowMs + 10'000);
  EXPECT_FALSE(latest<streams::OpenSession>().has_value());
  EXPECT_EQ(loads, 1);
}

// A batch of the peer's catalog shard without a record, up to this place.
streams::RecordBatch catalog_through(std::uint64_t place) {
  streams::RecordBatch batch;
  batch.scanned_through = {Epoch(1), storage::kCatalogShard, SequenceNumber(place), Ordinal(place), 9};
  return batch;
}

TEST_F(PeerReplicatorTest, ABusyPeerIsStillKnownAndItsCatalogReadOn) {
  const SessionKey catalog = latest<streams::OpenSession>().value().key;
  replicator.take(catalog, catalog_through(4), kNowMs);
  replicator.take_news();
  replicator.take(catalog, streams::Refusal{streams::RefusedReason::kBusy, "busy", {}}, kNowMs);
  EXPECT_TRUE(replicator.take_news().empty()) << "nothing of what is known is forgotten";
  EXPECT_EQ(replicator.catalog_message(), "busy");
  replicator.tick(kNowMs + 1'000);
  const streams::OpenSession again = latest<streams::OpenSession>().value();
  EXPECT_EQ(again.options.shard, catalog_through(4).scanned_through);
  replicator.take(again.key, streams::Opened(), kNowMs + 1'000);
  EXPECT_EQ(replicator.catalog_message(), "");
}

TEST_F(PeerReplicatorTest, AClockThatIsSetBackDoesNotKeepItFromTheCatalog) {
  const SessionKey catalog = latest<streams::OpenSession>().value().key;
  replicator.take(catalog, streams::Refusal{streams::RefusedReason::kBusy, "busy", {}}, kNowMs);
  EXPECT_FALSE(latest<streams::OpenSession>().has_value());
  replicator.tick(kNowMs - 3'600'000);
  EXPECT_EQ(latest<streams::OpenSession>().value().options.shard->shard, storage::kCatalogShard);
}

TEST_F(PeerReplicatorTest, OfAnotherLifeOfThePeerEverythingIsReadAgain) {
  const SessionKey catalog = latest<streams::OpenSession>().value().key;
  replicator.take(catalog, catalog_through(4), kNowMs);
  replicator.take_news();
  replicator.take(catalog, streams::Refusal{streams::RefusedReason::kWrongEpoch, "another life", {}}, kNowMs);
  const std::vector<CatalogNews> news = replicator.take_news();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_TRUE(news[0].restart);
  replicator.tick(kNowMs + 1'000);
  EXPECT_EQ(latest<streams::OpenSession>().value().options.shard->ordinal, Ordinal());
}

TEST_F(PeerReplicatorTest, ATableThatThePeerDropsIsReadToTheEndOfItsLogAndNoFurther) {
  const SessionKey session = follow_shard();
  TableLinkIdentity dropped = table(2);
  dropped.ended = true;
  replicator.follow({dropped}, kNowMs);
  replicator.take(session, batch_of({record_at(1)}, 1), kNowMs);
  commit(latest<CommitWork>().value());
  EXPECT_TRUE(replicator.exhausted().empty());
  replicator.take(session, streams::Refusal{streams::RefusedReason::kTrimmed, "trimmed", {}}, kNowMs);
  replicator.tick(kNowMs + 10'000);
  EXPECT_FALSE(latest<CommitWork>().has_value()) << "by its name another table would be copied";
  EXPECT_EQ(replicator.exhausted(), std::vector<IncarnationId>{IncarnationId(2)});
}

TEST_F(PeerReplicatorTest, APeerWithoutTablesIsKnownAsSoonAsItsHeadIs) {
  const SessionKey catalog = latest<streams::OpenSession>().value().key;
  replicator.take(catalog, streams::Heard{hybrid_from_ms(kNowMs), Ordinal(), Ordinal()}, kNowMs);
  const std::vector<CatalogNews> news = replicator.take_news();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_TRUE(news[0].caught_up);
}

/// The peer and the writer of a replicator that follows many tables of one shard each: the shard and the
/// table of one number belong together. They do at once what they are asked, and never more than one reader
/// may ask.
class ManyTables {
 public:
  static constexpr std::uint64_t kFirst = storage::kCatalogShard.value() + 1;

  ManyTables(std::uint64_t tables, std::size_t sessions_max)
      : replicator(
            RegionId("peer"), [this](const TableLinkIdentity& table) { return stored_[table.table]; },
            sessions_max) {
    std::vector<TableLinkIdentity> followed;
    for (std::uint64_t number = kFirst; number < kFirst + tables; ++number) {
      followed.push_back({RegionId("peer"),
                          IncarnationId(number),
                          TableId(number),
                          "T" + std::to_string(number),
                          {{"id", ScalarType::kString}, {}},
                          false});
      heads[number] = 1;
    }
    replicator.start();
    replicator.follow(followed, kNowMs);
    serve();
  }

  /// Serves and ticks until every record is applied; false if that does not come.
  bool catch_up() {
    for (std::uint64_t now_ms = kNowMs; now_ms < kNowMs + 60'000; now_ms += 100) {
      if (applied() == heads) return true;
      replicator.tick(now_ms);
      serve();
    }
    return false;
  }
  std::map<std::uint64_t, std::uint64_t> applied() {
    std::map<std::uint64_t, std::uint64_t> all;
    for (const auto& [table, progress] : stored_) {
      if (!progress) continue;
      for (const auto& [shard, place] : progress->shards) all[shard.value()] = place.cursor.ordinal.value();
    }
    return all;
  }

  std::map<std::uint64_t, std::uint64_t> heads;  // of each shard
  std::size_t sessions_most = 0;                 // at a time
  PeerReplicator replicator;

 private:
  void serve() {
    for (auto commands = replicator.take_commands(); !commands.empty();
         commands = replicator.take_commands()) {
      for (LinkCommand& command : commands) std::visit([this](auto& one) { act(one); }, command);
    }
  }
  void act(streams::OpenSession& open) {
    open_.insert(open.key);
    sessions_most = std::max(sessions_most, open_.size());
    if (open.options.table_shards) {
      streams::Opened listed;
      listed.shards.resize(1);
      listed.shards[0].shard = ShardId(std::stoull(open.options.table_shards->substr(1)));
      return replicator.take(open.key, listed, kNowMs);
    }
    if (open.options.shard->shard == storage::kCatalogShard) return;
    replicator.take(open.key, streams::Opened(), kNowMs);
    const std::uint64_t number = open.options.shard->shard.value();
    const Ordinal head(heads.at(number));
    for (std::uint64_t place = open.options.shard->ordinal.value() + 1; place <= head.value(); ++place) {
      storage::ChangeRecord record = storage::decode_change_record(record_at(place)).value();
      record.shard = ShardId(number);
      streams::RecordBatch batch = batch_of({storage::encode_change_record(record)}, place);
      batch.scanned_through.shard = ShardId(number);
      batch.head_ordinal = head;
      replicator.take(open.key, std::move(batch), kNowMs);
    }
    replicator.take(open.key, streams::Heard{hybrid_from_ms(kNowMs), head, head}, kNowMs);
  }
  void act(streams::CloseSession& close) { EXPECT_EQ(open_.erase(close.key), 1U) << "it was never opened"; }
  void act(streams::GiveCredit&) {}
  void act(streams::SendAck&) {}
  void act(CommitWork& command) {
    TableProgress progress = stored_[command.work.table].value_or(TableProgress());
    ASSERT_TRUE(advance(progress, command.work.step, kNowMs).ok());
    stored_[command.work.table] = progress;
    replicator.committed(command.key, Status(), kNowMs);
  }

  std::map<TableId, std::optional<TableProgress>> stored_;
  std::set<SessionKey> open_;
};

TEST(PeerReplicatorOfManyTables, EachShardHasItsTurnWithNoMoreSessionsThanThePeerAllows) {
  ManyTables world(300, 7);
  EXPECT_TRUE(world.catch_up());
  for (const std::uint64_t number : {0, 1, 149, 298, 299}) ++world.heads[ManyTables::kFirst + number];
  EXPECT_TRUE(world.catch_up()) << "what comes later is read too";
  EXPECT_LE(world.sessions_most, 8U) << "and the catalog's";
}

TEST(PeerReplicatorOfManyTables, WithRoomForAllNobodyGivesUpASession) {
  ManyTables world(20, 100);
  EXPECT_TRUE(world.catch_up());
  EXPECT_EQ(world.sessions_most, 21U);
}

}  // namespace
}  // namespace gyre::global_tables
