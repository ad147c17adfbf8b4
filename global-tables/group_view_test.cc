// SPDX-License-Identifier: Apache-2.0
#include "global-tables/group_view.h"

#include <gtest/gtest.h>

namespace gyre::global_tables {
namespace {

const RegionId kViewer("self");
const RegionId kViewed("peer");

TableSchema life_of(const std::string& name, std::uint64_t life) {
  TableSchema table;
  table.id = TableId(1);
  table.name = name;
  table.key_schema.partition = {"id", ScalarType::kString};
  table.incarnation = IncarnationId(life);
  return table;
}
storage::LogCursor catalog_place(std::uint64_t sequence, std::uint64_t epoch = 1) {
  return {Epoch(epoch), storage::kCatalogShard, SequenceNumber(sequence), Ordinal(sequence), 0};
}
MembershipRequest request_to(const RegionId& owner) {
  MembershipRequest request;
  request.owner = owner;
  request.table_name = "T";
  return request;
}

/// A view with one peer, and this region's catalog.
class GroupViewTest : public testing::Test {
 protected:
  std::vector<GroupView::Event> hear(storage::CatalogChange change,
                                     storage::LogCursor after = catalog_place(1)) {
    CatalogNews news;
    news.changes.push_back({after, std::move(change), std::nullopt});
    return view.take(kViewed, {std::move(news)}, own);
  }
  std::vector<GroupView::Event> hear(const MembershipMessage& message,
                                     storage::LogCursor after = catalog_place(1)) {
    CatalogNews news;
    news.changes.push_back({after, encode_membership_message(message), message});
    return view.take(kViewed, {std::move(news)}, own);
  }
  void hear_all_of_it() {
    CatalogNews news;
    news.caught_up = true;
    view.take(kViewed, {std::move(news)}, own);
  }
  // This region has the table too, in a group with the peer's life of it.
  void share(const std::string& name, std::uint64_t life) {
    TableSchema mine = life_of(name, 100);
    mine.group.emplace();
    mine.group->owner = kViewer;
    mine.group->members = {{kViewed, IncarnationId(life), ReplicaStatus::kActive, {}},
                           {kViewer, IncarnationId(100), ReplicaStatus::kActive, {}}};
    own = own.with(std::make_shared<storage::TableEntry>(storage::TableEntry{std::move(mine), {}}));
  }

  storage::CatalogSnapshot own;
  GroupView view{kViewer, {{kViewed, std::nullopt}}};
};

TEST_F(GroupViewTest, ARequestIsAnsweredOnceInOneLifeOfThePeer) {
  EXPECT_EQ(hear(request_to(kViewer), catalog_place(5)).size(), 1U);
  EXPECT_EQ(hear(request_to(RegionId("other")), catalog_place(6)).size(), 0U);
  CatalogNews again;
  again.restart = true;
  again.changes.push_back(
      {catalog_place(5), encode_membership_message(request_to(kViewer)), request_to(kViewer)});
  again.changes.push_back(
      {catalog_place(7), encode_membership_message(request_to(kViewer)), request_to(kViewer)});
  const auto events = view.take(kViewed, {again}, own);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<GroupView::AnswerRequest>(events[0]).cursor, catalog_place(7));
}

TEST_F(GroupViewTest, WhatWasAnsweredBeforeARestartIsHistory) {
  GroupView later(kViewer, {{kViewed, catalog_place(5)}});
  CatalogNews news;
  for (const std::uint64_t at : {4, 5, 6})
    news.changes.push_back(
        {catalog_place(at), encode_membership_message(request_to(kViewer)), request_to(kViewer)});
  EXPECT_EQ(later.take(kViewed, {news}, own).size(), 1U);
}

TEST_F(GroupViewTest, WhatAnotherLifeOfThePeerAskedForIsHistoryUpToItsHead) {
  GroupView later(kViewer, {{kViewed, catalog_place(5)}});
  CatalogNews news;
  news.changes.push_back(
      {catalog_place(9, /*epoch=*/2), encode_membership_message(request_to(kViewer)), request_to(kViewer)});
  news.caught_up = true;
  EXPECT_EQ(later.take(kViewed, {news}, own).size(), 0U);
  news.changes[0].after = catalog_place(10, 2);
  EXPECT_EQ(later.take(kViewed, {news}, own).size(), 1U);
}

TEST_F(GroupViewTest, AReplyIsForTheRegionThatAsked) {
  EXPECT_EQ(hear(MembershipReply{1, kViewer, ""}).size(), 1U);
  EXPECT_EQ(hear(MembershipReply{1, RegionId("other"), ""}).size(), 0U);
}

TEST_F(GroupViewTest, TheLastWritesOfADroppedTableAreReadOnUntilThereAreNoMore) {
  share("T", 7);
  hear(storage::TableChanged{life_of("T", 7)});
  hear_all_of_it();
  EXPECT_EQ(view.tables_of(kViewed, own).size(), 1U);
  hear(storage::TableDropped{life_of("T", 7)});
  ASSERT_EQ(view.tables_of(kViewed, own).size(), 1U);
  const GroupDescriptor leaving = std::get<ReplaceGroup>(view.next_action(own).value().second).group;
  EXPECT_EQ(leaving.find(kViewed)->status, ReplicaStatus::kDeleting);
  TableSchema mine = own.find("T")->schema;
  mine.group = leaving;
  own = own.with(std::make_shared<storage::TableEntry>(storage::TableEntry{std::move(mine), {}}));
  EXPECT_FALSE(view.next_action(own).has_value());
  view.exhausted(kViewed, {IncarnationId(7)});
  EXPECT_TRUE(view.tables_of(kViewed, own).empty());
  const GroupDescriptor after = std::get<ReplaceGroup>(view.next_action(own).value().second).group;
  EXPECT_EQ(after.find(kViewed), nullptr);
}

// The peer's table has the name that the invitation needs.
TEST_F(GroupViewTest, AnInvitationIsRefusedOnceToEachOwnerAndAgainIfThatDidNotComeThrough) {
  own = own.with(std::make_shared<storage::TableEntry>(storage::TableEntry{life_of("T", 100), {}}));
  TableSchema theirs = life_of("T", 7);
  theirs.group = GroupDescriptor{kViewed,
                                 1,
                                 {{kViewed, IncarnationId(7), ReplicaStatus::kActive, {}},
                                  {kViewer, IncarnationId(8), ReplicaStatus::kCreating, kViewed}}};
  hear(storage::TableChanged{theirs});
  hear_all_of_it();
  EXPECT_TRUE(std::holds_alternative<RefuseReplica>(view.next_action(own).value().second));
  view.refused(IncarnationId(8), kViewed);
  EXPECT_FALSE(view.next_action(own).has_value());
  view.not_refused("T", IncarnationId(8));
  EXPECT_TRUE(view.next_action(own).has_value());
  view.refused(IncarnationId(8), RegionId("owner before"));
  EXPECT_TRUE(view.next_action(own).has_value()) << "who owns the group now has not heard of it";
}

TEST_F(GroupViewTest, ALifeThatWasReadToItsEndIsWaitedForNoLonger) {
  share("T", 7);
  hear(storage::TableDropped{life_of("T", 7)});
  hear_all_of_it();
  const std::uint64_t before = view.generation();
  view.exhausted(kViewed, {IncarnationId(7)});
  EXPECT_GT(view.generation(), before);
  EXPECT_TRUE(std::holds_alternative<ReplaceGroup>(view.next_action(own).value().second));
}

TEST_F(GroupViewTest, LivesThatEndedTakeBoundedRoomButForThoseThatAGroupNames) {
  share("T", 1);
  for (std::uint64_t life = 1; life <= 5 * GroupView::kEndedLivesMax; ++life) {
    hear(storage::TableDropped{life_of("made and dropped", life)});
  }
  const auto& ended = view.peers().at(kViewed).dropped;
  EXPECT_LE(ended.size(), 2 * GroupView::kEndedLivesMax);
  EXPECT_TRUE(ended.contains(IncarnationId(1))) << "the group of T waits for its end";
  EXPECT_FALSE(ended.contains(IncarnationId(2)));
  EXPECT_TRUE(ended.contains(IncarnationId(5 * GroupView::kEndedLivesMax)));
}

// To forget some, all lives that any group names are looked at: that must not come with each drop.
TEST_F(GroupViewTest, HoweverManyLivesAreNamedTheyAreLookedAtSeldom) {
  constexpr std::uint64_t kNamed = 2 * GroupView::kEndedLivesMax;
  TableSchema mine = life_of("T", 1'000'000);
  mine.group.emplace();
  mine.group->owner = kViewer;
  for (std::uint64_t life = 1; life <= kNamed; ++life) {
    mine.group->members.push_back({RegionId("other"), IncarnationId(life), ReplicaStatus::kActive, {}});
  }
  own = own.with(std::make_shared<storage::TableEntry>(storage::TableEntry{std::move(mine), {}}));
  const auto& ended = view.peers().at(kViewed).dropped;
  int looks = 0;
  for (std::uint64_t life = 1; life <= 3 * kNamed; ++life) {
    const std::size_t before = ended.size();
    hear(storage::TableDropped{life_of("made and dropped", life)});
    if (ended.size() <= before) ++looks;
  }
  EXPECT_GE(looks, 1);
  EXPECT_LE(looks, 3);
}

TEST_F(GroupViewTest, ALinkHearsThatItsLifeEnded) {
  share("T", 7);
  hear(storage::TableChanged{life_of("T", 7)});
  hear_all_of_it();
  EXPECT_FALSE(view.tables_of(kViewed, own).at(0).ended);
  hear(storage::TableDropped{life_of("T", 7)});
  EXPECT_TRUE(view.tables_of(kViewed, own).at(0).ended);
  hear(storage::TableChanged{life_of("T", 8)});
  ASSERT_EQ(view.tables_of(kViewed, own).size(), 1U) << "another table of that name";
  EXPECT_TRUE(view.tables_of(kViewed, own).at(0).ended);
}

}  // namespace
}  // namespace gyre::global_tables
