// SPDX-License-Identifier: Apache-2.0
#include "global-tables/membership.h"

#include <gtest/gtest.h>

namespace gyre::global_tables {
namespace {

const RegionId kA("a"), kB("b"), kC("c");

GroupMember member(const RegionId& region, std::uint64_t life, ReplicaStatus status,
                   RegionId source = RegionId()) {
  return GroupMember{region, IncarnationId(life), status, std::move(source)};
}

TableSchema table(std::uint64_t life, std::optional<GroupDescriptor> group = std::nullopt) {
  TableSchema schema;
  schema.name = "T";
  schema.incarnation = IncarnationId(life);
  schema.group = std::move(group);
  return schema;
}

GroupDescriptor group_ab(std::uint64_t epoch, ReplicaStatus b) {
  return GroupDescriptor{kA, epoch, {member(kA, 1, ReplicaStatus::kActive), member(kB, 2, b, kA)}};
}

PeerCatalogs known(std::vector<RegionId> regions) {
  PeerCatalogs peers;
  for (RegionId& region : regions) peers[std::move(region)].known = true;
  return peers;
}

LocalTable local(const RegionId& self, const TableSchema* living) {
  return LocalTable{self, living, {}};
}

Result<ReplicaUpdate> check(const TableSchema& schema, ReplicaUpdate::Action action, const RegionId& region,
                            const PeerCatalogs& peers) {
  return check_updates(schema, kA, {ReplicaUpdate{action, region}}, peers);
}

constexpr auto kCreate = ReplicaUpdate::Action::kCreate;
constexpr auto kDelete = ReplicaUpdate::Action::kDelete;

TEST(SourcedLately, ForADayOfEachCopyThatIsThere) {
  constexpr std::uint64_t kNow = 2 * kReplicaSourceMs;
  TableSchema mine = table(1, group_ab(2, ReplicaStatus::kActive));
  PeerCatalogs peers = known({kB});
  TableSchema& copy = peers[kB].tables["T"] = table(2);
  copy.created_ms = kNow - kReplicaSourceMs + 1;
  EXPECT_TRUE(sourced_lately(mine, kA, kA, peers, kNow));
  EXPECT_FALSE(sourced_lately(mine, kA, kA, peers, kNow + 1)) << "a day is over";
  EXPECT_FALSE(sourced_lately(mine, kA, kB, peers, kNow)) << "b was copied, not copied from";
  EXPECT_FALSE(sourced_lately(table(1), kA, kA, peers, kNow)) << "no group";
  copy.incarnation = IncarnationId(3);
  EXPECT_FALSE(sourced_lately(mine, kA, kA, peers, kNow)) << "another table of that name";
  mine.group = group_ab(2, ReplicaStatus::kCreating);
  EXPECT_TRUE(sourced_lately(mine, kA, kA, peers, kNow)) << "it is being copied";
}

// Seen from the copy: what its region knows of itself is its own table.
TEST(SourcedLately, OfTheOwnCopy) {
  TableSchema mine = table(2, group_ab(2, ReplicaStatus::kActive));
  mine.created_ms = 1000;
  EXPECT_TRUE(sourced_lately(mine, kB, kA, known({kA}), 1001));
  EXPECT_FALSE(sourced_lately(mine, kB, kA, known({kA}), 1000 + kReplicaSourceMs));
}

TEST(CheckUpdates, RefusesInAwsWords) {
  PeerCatalogs peers = known({kB, kC});
  peers[RegionId("d")];
  EXPECT_EQ(check_updates(table(1), kA, {}, peers).error().message,
            "There are no actions specified in the Replica Update Action of the request.");
  EXPECT_EQ(check(table(1), kCreate, kA, peers).error().message,
            "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, "
            "DeleteTable, or "
            "UpdateTable as required.");
  EXPECT_EQ(
      check(table(1), kCreate, RegionId("mars"), peers).error().message,
      "Region mars is not supported. The latest version of global tables are only supported in the following "
      "regions: [a, b, c, d]");
  EXPECT_EQ(check(table(1), kDelete, kB, peers).error().message,
            "Update global table operation failed because one or more replicas were not part of the global "
            "table. Please "
            "retry the request without these replicas: [b].");
  EXPECT_EQ(check(table(1), kCreate, RegionId("d"), peers).error().code, ErrorCode::kUnavailable);
  peers[kB].tables["T"] = table(9);
  EXPECT_EQ(check(table(1), kCreate, kB, peers).error().message,
            "Failed to create a the new replica of table with name: 'T' because one or more replicas already "
            "existed as "
            "tables.");
  EXPECT_EQ(check_updates(table(1), kA, {{kCreate, kC}, {kDelete, kB}}, peers).error().message,
            "Update table operation with more than one type of replica actions not allowed.");
}

TEST(CheckUpdates, TakesRepetitionsForOneAndRefusesASecondChangeInFlight) {
  const PeerCatalogs peers = known({kB, kC});
  EXPECT_TRUE(check_updates(table(1), kA, {{kCreate, kB}, {kCreate, kB}}, peers).ok());
  const TableSchema busy = table(1, group_ab(1, ReplicaStatus::kCreating));
  EXPECT_EQ(check(busy, kCreate, kC, peers).error().code, ErrorCode::kResourceInUse);
  EXPECT_EQ(check(busy, kCreate, kB, peers).error().code, ErrorCode::kValidation);
  EXPECT_EQ(check(busy, kDelete, kB, peers).error().code, ErrorCode::kResourceInUse);
}

TEST(ChangeGroup, FirstReplicaMakesThisRegionTheOwner) {
  const GroupDescriptor group = change_group(table(1), kA, {kCreate, kB}, IncarnationId(2)).value();
  EXPECT_EQ(group, group_ab(1, ReplicaStatus::kCreating));
}

TEST(NextAction, InvitedRegionMakesTheTableOnce) {
  PeerCatalogs peers = known({kA});
  peers[kA].tables["T"] = table(1, group_ab(1, ReplicaStatus::kCreating));
  LocalTable mine = local(kB, nullptr);
  EXPECT_TRUE(std::holds_alternative<CreateReplica>(next_action("T", mine, peers).value()));
  mine.dropped.insert(IncarnationId(2));
  EXPECT_FALSE(next_action("T", mine, peers).has_value());
}

TEST(NextAction, OnlyTheOwnersOwnWordInvites) {
  PeerCatalogs peers = known({kA, kC});
  peers[kC].tables["T"] = table(3, group_ab(1, ReplicaStatus::kCreating));
  EXPECT_FALSE(next_action("T", local(kB, nullptr), peers).has_value());
}

TEST(NextAction, ATakenNameRefusesTheInvitation) {
  PeerCatalogs peers = known({kA});
  peers[kA].tables["T"] = table(1, group_ab(1, ReplicaStatus::kCreating));
  const TableSchema foreign = table(77);
  const auto action = next_action("T", local(kB, &foreign), peers);
  EXPECT_EQ(std::get<RefuseReplica>(action.value()).incarnation, IncarnationId(2));
  const auto failed = with_failed_member(group_ab(1, ReplicaStatus::kCreating), kB, IncarnationId(2));
  EXPECT_EQ(failed->find(kB)->status, ReplicaStatus::kCreationFailed);
}

TEST(NextAction, OwnerActivatesAMemberWhoseTableIsActive) {
  const TableSchema mine = table(1, group_ab(1, ReplicaStatus::kCreating));
  PeerCatalogs peers = known({kB});
  TableSchema theirs = table(2, group_ab(1, ReplicaStatus::kCreating));
  theirs.status = TableStatus::kCreating;
  peers[kB].tables["T"] = theirs;
  EXPECT_FALSE(next_action("T", local(kA, &mine), peers).has_value());
  peers[kB].tables["T"].status = TableStatus::kActive;
  EXPECT_EQ(std::get<ReplaceGroup>(next_action("T", local(kA, &mine), peers).value()).group,
            group_ab(2, ReplicaStatus::kActive));
}

TEST(NextAction, MemberFollowsTheNewestDescriptorOfAnyPeer) {
  const TableSchema mine = table(2, group_ab(1, ReplicaStatus::kCreating));
  PeerCatalogs peers = known({kA, kC});
  peers[kA].tables["T"] = table(1, group_ab(2, ReplicaStatus::kActive));
  GroupDescriptor newest = group_ab(3, ReplicaStatus::kActive);
  newest.members.push_back(member(kC, 3, ReplicaStatus::kCreating, kA));
  peers[kC].tables["T"] = table(3, newest);
  EXPECT_EQ(std::get<ReplaceGroup>(next_action("T", local(kB, &mine), peers).value()).group, newest);
}

TEST(NextAction, ATableOfTheSameNameInAnotherGroupIsNotOurs) {
  const TableSchema mine = table(2, group_ab(1, ReplicaStatus::kActive));
  PeerCatalogs peers = known({kC});
  peers[kC].tables["T"] = table(8, GroupDescriptor{kC, 50, {member(kC, 8, ReplicaStatus::kActive)}});
  EXPECT_FALSE(next_action("T", local(kB, &mine), peers).has_value());
}

TEST(NextAction, MemberThatIsDeletingDropsItsCopyAndTheOwnerThenForgetsIt) {
  const TableSchema replica = table(2, group_ab(2, ReplicaStatus::kActive));
  PeerCatalogs peers = known({kA});
  peers[kA].tables["T"] = table(1, group_ab(3, ReplicaStatus::kDeleting));
  EXPECT_TRUE(std::holds_alternative<DropReplica>(next_action("T", local(kB, &replica), peers).value()));

  const TableSchema mine = table(1, group_ab(3, ReplicaStatus::kDeleting));
  PeerCatalogs after = known({kB});
  EXPECT_FALSE(next_action("T", local(kA, &mine), after).has_value());
  after[kB].dropped.insert(IncarnationId(2));
  const GroupDescriptor group =
      std::get<ReplaceGroup>(next_action("T", local(kA, &mine), after).value()).group;
  EXPECT_EQ(group.members.size(), 1U);
  EXPECT_EQ(group.group_epoch, 4U);
}

TEST(NextAction, AMemberThatIsGoneIsForgottenOnlyOnceItsLastWritesAreRead) {
  const TableSchema mine = table(1, group_ab(3, ReplicaStatus::kDeleting));
  PeerCatalogs peers = known({kB, kC});
  peers[kB].dropped.insert(IncarnationId(2));
  peers[kB].unread.emplace(IncarnationId(2), "T");
  EXPECT_FALSE(next_action("T", local(kA, &mine), peers).has_value());

  GroupDescriptor of_three = group_ab(3, ReplicaStatus::kDeleting);
  of_three.members.push_back(member(kC, 3, ReplicaStatus::kActive));
  GroupDescriptor without_b{kA, 4, {of_three.members[0], of_three.members[2]}};
  const TableSchema mine_c = table(3, of_three);
  peers[kA].known = true;
  peers[kA].tables["T"] = table(1, without_b);
  EXPECT_FALSE(next_action("T", local(kC, &mine_c), peers).has_value());
  peers[kB].unread.clear();
  EXPECT_EQ(std::get<ReplaceGroup>(next_action("T", local(kC, &mine_c), peers).value()).group, without_b);
}

// The owner has read all of b, and took it out: that says nothing of what this region has read.
TEST(NextAction, AMemberWhoseEndWasNotSeenHereStaysUntilItIs) {
  GroupDescriptor of_three = group_ab(3, ReplicaStatus::kActive);
  of_three.members.push_back(member(kC, 3, ReplicaStatus::kActive));
  GroupDescriptor without_b{kA, 5, {of_three.members[0], of_three.members[2]}};
  const TableSchema mine = table(3, of_three);
  PeerCatalogs peers = known({kA, kB});
  peers[kA].tables["T"] = table(1, without_b);
  peers[kB].tables["T"] = table(2, of_three);
  EXPECT_FALSE(next_action("T", local(kC, &mine), peers).has_value());
  peers[kB].tables.clear();
  EXPECT_FALSE(next_action("T", local(kC, &mine), peers).has_value()) << "its catalog tells no end";

  PeerCatalogs without_region = peers;
  without_region.erase(kB);
  EXPECT_TRUE(next_action("T", local(kC, &mine), without_region))
      << "it is in no topology: it tells nothing any more";
  PeerCatalogs after = peers;
  after[kB].dropped.insert(IncarnationId(2));
  EXPECT_EQ(std::get<ReplaceGroup>(next_action("T", local(kC, &mine), after).value()).group, without_b);
}

// By the group that it has yet it would own it.
TEST(NextAction, WhoWaitsToFollowANewerGroupChangesNothingInAnOlderOne) {
  const RegionId d("d");
  GroupDescriptor old = group_ab(3, ReplicaStatus::kActive);
  old.members.push_back(member(kC, 3, ReplicaStatus::kActive));
  old.members.push_back(member(d, 4, ReplicaStatus::kActive));
  const GroupDescriptor newest{kC, 6, {old.members[1], old.members[2]}};
  const TableSchema mine = table(2, old);
  PeerCatalogs peers = known({kA, kC, d});
  peers[kA].dropped.insert(IncarnationId(1));
  peers[kC].tables["T"] = table(3, newest);
  peers[d].tables["T"] = table(4, old);
  EXPECT_FALSE(next_action("T", local(kB, &mine), peers).has_value()) << "d is awaited";
  peers[d].tables.clear();
  peers[d].dropped.insert(IncarnationId(4));
  EXPECT_EQ(std::get<ReplaceGroup>(next_action("T", local(kB, &mine), peers).value()).group, newest);
}

TEST(NextAction, AMemberThatIsDroppedIsShownAsDeletingWhileTheRestOfItIsRead) {
  const TableSchema mine = table(1, group_ab(3, ReplicaStatus::kActive));
  PeerCatalogs peers = known({kB});
  peers[kB].dropped.insert(IncarnationId(2));
  peers[kB].unread.emplace(IncarnationId(2), "T");
  EXPECT_EQ(std::get<ReplaceGroup>(next_action("T", local(kA, &mine), peers).value()).group,
            group_ab(4, ReplicaStatus::kDeleting));
}

TEST(NextAction, OfTwoGroupsOfOneEpochAllPreferTheSame) {
  GroupDescriptor of_a = group_ab(3, ReplicaStatus::kActive), of_b = of_a;
  of_b.owner = kB;
  GroupDescriptor set_back = of_a;  // by the same owner, from an older state
  set_back.members.push_back(member(kC, 9, ReplicaStatus::kActive));
  const auto prefers = [&](const GroupDescriptor& mine, const GroupDescriptor& theirs) {
    const TableSchema own = table(1, mine);
    PeerCatalogs peers = known({kB});
    peers[kB].tables["T"] = table(2, theirs);
    const auto action = next_action("T", local(kA, &own), peers);
    return action && std::holds_alternative<ReplaceGroup>(*action) &&
           std::get<ReplaceGroup>(*action).group == theirs;
  };
  EXPECT_TRUE(prefers(of_a, of_b));
  EXPECT_FALSE(prefers(of_b, of_a));
  EXPECT_NE(prefers(of_a, set_back), prefers(set_back, of_a));
  EXPECT_FALSE(prefers(of_a, of_a));
}

TEST(NextAction, ACopyThatNoMemberCanCompleteGoes) {
  TableSchema mine = table(2, group_ab(1, ReplicaStatus::kCreating));
  mine.status = TableStatus::kCreating;
  PeerCatalogs peers = known({kA});
  peers[kA].tables["T"] = table(1, group_ab(1, ReplicaStatus::kCreating));
  EXPECT_FALSE(next_action("T", local(kB, &mine), peers).has_value());
  peers[kA].tables.clear();
  peers[kA].dropped.insert(IncarnationId(1));
  EXPECT_TRUE(std::holds_alternative<DropReplica>(next_action("T", local(kB, &mine), peers).value()));
  mine.group->members.push_back(member(kC, 3, ReplicaStatus::kActive));
  EXPECT_FALSE(next_action("T", local(kB, &mine), peers).has_value())
      << "c owns the group next, and has it all";
}

TEST(NextAction, FirstRemainingMemberSucceedsAnOwnerThatIsGone) {
  GroupDescriptor group = group_ab(5, ReplicaStatus::kActive);
  group.members.push_back(member(kC, 3, ReplicaStatus::kActive));
  const TableSchema mine_b = table(2, group), mine_c = table(3, group);
  PeerCatalogs peers = known({kA, kB, kC});
  peers[kA].dropped.insert(IncarnationId(1));
  EXPECT_FALSE(next_action("T", local(kC, &mine_c), peers).has_value());
  const GroupDescriptor next =
      std::get<ReplaceGroup>(next_action("T", local(kB, &mine_b), peers).value()).group;
  EXPECT_EQ(next.owner, kB);
  EXPECT_EQ(next.group_epoch, 6U);
  EXPECT_EQ(next.find(kA), nullptr);

  peers[kB].dropped.insert(IncarnationId(2));  // gone as well: then it is up to c
  EXPECT_EQ(std::get<ReplaceGroup>(next_action("T", local(kC, &mine_c), peers).value()).group.owner, kC);
}

TEST(NextAction, NewerSettingsOfAMemberAreTakenOver) {
  const GroupDescriptor group = group_ab(2, ReplicaStatus::kActive);
  TableSchema theirs = table(2, group);
  theirs.settings_stamp = 10;
  theirs.indexes.resize(1);
  theirs.indexes[0].name = "idx";
  PeerCatalogs peers = known({kB});
  peers[kB].tables["T"] = theirs;
  TableSchema mine = table(1, group);
  const auto action = next_action("T", local(kA, &mine), peers);
  ASSERT_TRUE(action && std::holds_alternative<AdoptSettings>(*action));
  mine.settings_stamp = 12;
  EXPECT_FALSE(next_action("T", local(kA, &mine), peers));
  mine.settings_stamp = 1;
  peers[kB].tables["T"].incarnation = IncarnationId(9);  // a table of another life
  EXPECT_FALSE(next_action("T", local(kA, &mine), peers));
}

TEST(NextAction, AMemberTakesOverWhatAnotherWasTold) {
  const GroupDescriptor group = group_ab(5, ReplicaStatus::kActive);
  TableSchema mine = table(1, group), theirs = table(2, group);
  theirs.time_to_live = TimeToLive{"ttl", true, 10};
  theirs.tags["only"] = "there";
  PeerCatalogs peers = known({kB});
  peers[kB].tables["T"] = theirs;
  const TableSchema changed =
      std::get<AdoptSettings>(next_action("T", local(kA, &mine), peers).value()).changed;
  EXPECT_EQ(changed.time_to_live, theirs.time_to_live);
  EXPECT_EQ(changed.incarnation, mine.incarnation);
  EXPECT_TRUE(changed.tags.empty());
  EXPECT_FALSE(next_action("T", local(kA, &changed), peers).has_value());
}

TEST(NextAction, AnotherTableOfTheNameTeachesNothing) {
  const TableSchema mine = table(1, group_ab(5, ReplicaStatus::kActive));
  TableSchema other = table(77);
  other.time_to_live = TimeToLive{"ttl", true, 10};
  PeerCatalogs peers = known({kB});
  peers[kB].tables["T"] = other;
  EXPECT_FALSE(next_action("T", local(kA, &mine), peers).has_value());
}

}  // namespace
}  // namespace gyre::global_tables
