// SPDX-License-Identifier: Apache-2.0
#include "global-tables/peer_replicator.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace gyre::global_tables
