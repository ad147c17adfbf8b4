// SPDX-License-Identifier: Apache-2.0
#include "global-tables/membership.h"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "core/base/check.h"
#include "core/model/replicated_settings.h"
#include "global-tables/shared_settings.h"

namespace gyre::global_tables {
namespace {

Error local_region_error() {
  return Error::validation(
      "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, "
      "or "
      "UpdateTable as required.");
}

Error exists_error(const std::string& table) {
  // The grammar is AWS's own.
  return Error::validation(
      fmt::format("Failed to create a the new replica of table with name: '{}' because one or more replicas "
                  "already existed as tables.",
                  table));
}

Error not_member_error(const RegionId& region) {
  return Error::validation(
      fmt::format("Update global table operation failed because one or more replicas were not part of the "
                  "global table. Please retry "
                  "the request without these replicas: [{}].",
                  region.name()));
}

Error unknown_region_error(const RegionId& region, const RegionId& self, const PeerCatalogs& peers) {
  std::string names = self.name();
  for (const auto& [peer, catalog] : peers) names += ", " + peer.name();
  return Error::validation(
      fmt::format("Region {} is not supported. The latest version of global tables are only supported in the "
                  "following regions: [{}]",
                  region.name(), names));
}

Error in_use_error() {
  return {ErrorCode::kResourceInUse, "The resource which you are attempting to change is in use."};
}

bool settled(const GroupDescriptor& group) {
  return std::all_of(group.members.begin(), group.members.end(), [](const GroupMember& member) {
    return member.status == ReplicaStatus::kActive || member.status == ReplicaStatus::kCreationFailed;
  });
}

GroupMember* find_member(GroupDescriptor& group, const RegionId& region) {
  return const_cast<GroupMember*>(std::as_const(group).find(region));
}

bool is_life(const GroupMember* member, IncarnationId incarnation) {
  return member != nullptr && member->incarnation == incarnation;
}

void add_member(GroupDescriptor& group, GroupMember member) {
  const auto at =
      std::lower_bound(group.members.begin(), group.members.end(), member.region,
                       [](const GroupMember& a, const RegionId& region) { return a.region < region; });
  group.members.insert(at, std::move(member));
}

void remove_member(GroupDescriptor& group, const RegionId& region) {
  std::erase_if(group.members, [&](const GroupMember& member) { return member.region == region; });
  for (GroupMember& member : group.members) {
    if (member.backfill_source != region) continue;
    // Who has its copy has no source any more.
    member.backfill_source = member.status == ReplicaStatus::kCreating ? group.owner : RegionId();
  }
}

// Two descriptors speak of one group if some life is a member of both: a change alters one member at a time.
bool same_group(const GroupDescriptor& a, const GroupDescriptor& b) {
  return std::any_of(a.members.begin(), a.members.end(), [&](const GroupMember& member) {
    return is_life(b.find(member.region), member.incarnation);
  });
}

bool life_ended(const PeerCatalogs& peers, const GroupMember& member) {
  const auto peer = peers.find(member.region);
  return peer != peers.end() && peer->second.dropped.contains(member.incarnation);
}

bool is_unread(const PeerCatalogs& peers, const GroupMember& member) {
  const auto peer = peers.find(member.region);
  return peer != peers.end() && peer->second.unread.contains(member.incarnation);
}

const TableSchema* table_of(const PeerCatalogs& peers, const RegionId& region, const std::string& name) {
  const auto peer = peers.find(region);
  if (peer == peers.end() || !peer->second.known) return nullptr;
  const auto table = peer->second.tables.find(name);
  return table == peer->second.tables.end() ? nullptr : &table->second;
}

// Is there something of this member to be read here? Only its own catalog tells its end: whoever changed the
// group may have read more of it than this region.
bool is_awaited(const std::string& name, const GroupMember& member, const PeerCatalogs& peers) {
  if (!peers.contains(member.region)) return false;  // no region of the topology: nothing can be read there
  if (life_ended(peers, member)) return is_unread(peers, member);
  const bool made =
      member.status != ReplicaStatus::kCreating && member.status != ReplicaStatus::kCreationFailed;
  const TableSchema* theirs = table_of(peers, member.region, name);
  return made || (theirs != nullptr && theirs->incarnation == member.incarnation);
}

// Would this region forget, with the group `next`, a member of which it has not read all?
bool comes_too_early(const std::string& name, const LocalTable& local, const GroupDescriptor& next,
                     const PeerCatalogs& peers) {
  const std::vector<GroupMember>& members = local.living->group->members;
  return std::any_of(members.begin(), members.end(), [&](const GroupMember& member) {
    const bool stays = is_life(next.find(member.region), member.incarnation);
    return !stays && member.region != local.self && is_awaited(name, member, peers);
  });
}

// Owner and successor may both have raised the epoch, and so may an owner that was set back to an older
// state: then every region prefers the same one.
bool supersedes(const GroupDescriptor& a, const GroupDescriptor& b) {
  if (a.group_epoch != b.group_epoch) return a.group_epoch > b.group_epoch;
  if (a.owner != b.owner) return b.owner < a.owner;
  return std::lexicographical_compare(b.members.begin(), b.members.end(), a.members.begin(), a.members.end(),
                                      [](const GroupMember& left, const GroupMember& right) {
                                        return std::tie(left.region, left.incarnation, left.status) <
                                               std::tie(right.region, right.incarnation, right.status);
                                      });
}

// Is there an owner who wants a replica of `name` here, one that never was?
std::optional<MembershipAction> answer_invitation(const std::string& name, const LocalTable& local,
                                                  const PeerCatalogs& peers) {
  for (const auto& [peer, catalog] : peers) {
    const TableSchema* theirs = table_of(peers, peer, name);
    if (theirs == nullptr || !theirs->group || theirs->group->owner != peer) continue;
    const GroupMember* wanted = theirs->group->find(local.self);
    if (wanted == nullptr || wanted->status != ReplicaStatus::kCreating) continue;
    if (local.dropped.contains(wanted->incarnation)) continue;
    if (local.living == nullptr) return CreateReplica{*theirs};
    if (local.living->incarnation != wanted->incarnation)
      return RefuseReplica{name, peer, wanted->incarnation};
  }
  return std::nullopt;
}

// The newest descriptor of this group that anybody shows; this region's own if there is no newer one.
const GroupDescriptor& newest_group(const std::string& name, const LocalTable& local,
                                    const PeerCatalogs& peers) {
  const GroupDescriptor* newest = &*local.living->group;
  for (const auto& [peer, catalog] : peers) {
    const TableSchema* theirs = table_of(peers, peer, name);
    if (theirs == nullptr || !theirs->group || !same_group(*local.living->group, *theirs->group)) continue;
    if (supersedes(*theirs->group, *newest)) newest = &*theirs->group;
  }
  return *newest;
}

std::optional<MembershipAction> follow(const std::string& name, const LocalTable& local,
                                       const PeerCatalogs& peers, const GroupDescriptor& newest) {
  const GroupMember* self = newest.find(local.self);
  if (!is_life(self, local.living->incarnation) || self->status == ReplicaStatus::kDeleting)
    return DropReplica{};
  if (&newest == &*local.living->group || comes_too_early(name, local, newest, peers)) return std::nullopt;
  return ReplaceGroup{newest};
}

std::optional<MembershipAction> act_as_owner(const std::string& name, const LocalTable& local,
                                             const PeerCatalogs& peers) {
  const GroupDescriptor& group = *local.living->group;
  for (const GroupMember& member : group.members) {
    if (member.region == local.self) continue;
    if (life_ended(peers, member)) {
      const bool unread = is_unread(peers, member);
      if (unread && member.status == ReplicaStatus::kDeleting) continue;
      ReplaceGroup change{group};
      if (unread) {  // its users dropped it: that it leaves is shown while the rest of it is read
        find_member(change.group, member.region)->status = ReplicaStatus::kDeleting;
        ++change.group.group_epoch;
        return change;
      }
      remove_member(change.group, member.region);
      ++change.group.group_epoch;
      return change;
    }
    const TableSchema* theirs = table_of(peers, member.region, name);
    if (member.status == ReplicaStatus::kCreating && theirs != nullptr &&
        theirs->incarnation == member.incarnation && theirs->status == TableStatus::kActive) {
      ReplaceGroup change{group};
      find_member(change.group, member.region)->status = ReplicaStatus::kActive;
      ++change.group.group_epoch;
      return change;
    }
  }
  return std::nullopt;
}

// The first remaining member, an ACTIVE one if there is any; all regions name the same one from the same
// state.
const GroupMember* successor_of(const GroupDescriptor& group, const PeerCatalogs& peers) {
  const GroupMember* first = nullptr;
  for (const GroupMember& member : group.members) {
    if (member.region == group.owner || member.status == ReplicaStatus::kCreationFailed ||
        life_ended(peers, member))
      continue;
    if (member.status == ReplicaStatus::kActive) return &member;
    if (first == nullptr) first = &member;
  }
  return first;
}

// A copy that no member can complete is none.
std::optional<MembershipAction> give_up_copy(const LocalTable& local, const PeerCatalogs& peers) {
  if (local.living->status != TableStatus::kCreating) return std::nullopt;
  const GroupDescriptor& group = *local.living->group;
  const GroupMember* self = group.find(local.self);
  if (self == nullptr) return std::nullopt;
  const bool can_be_made =
      std::any_of(group.members.begin(), group.members.end(), [&](const GroupMember& member) {
        if (member.region == local.self || life_ended(peers, member)) return false;
        return member.region == self->backfill_source || member.status == ReplicaStatus::kActive;
      });
  return can_be_made ? std::nullopt : std::optional<MembershipAction>(DropReplica{});
}

std::optional<MembershipAction> succeed_owner(const LocalTable& local, const PeerCatalogs& peers) {
  const GroupDescriptor& group = *local.living->group;
  const GroupMember* owner = group.find(group.owner);
  if (owner == nullptr || !life_ended(peers, *owner) || is_unread(peers, *owner)) return std::nullopt;
  const GroupMember* successor = successor_of(group, peers);
  if (successor == nullptr || successor->region != local.self) return std::nullopt;
  ReplaceGroup change{group};
  change.group.owner = local.self;
  remove_member(change.group, group.owner);
  ++change.group.group_epoch;
  return change;
}

std::optional<MembershipAction> change_own(const std::string& name, const LocalTable& local,
                                           const PeerCatalogs& peers) {
  if (auto action = give_up_copy(local, peers)) return action;
  if (local.living->group->owner == local.self) return act_as_owner(name, local, peers);
  return succeed_owner(local, peers);
}

// What can be taken over now, if anything can: an index may have to wait until another one of its name is
// gone.
std::optional<MembershipAction> adopt_settings(const std::string& name, const LocalTable& local,
                                               const PeerCatalogs& peers) {
  TableSchema changed = *local.living;
  const TableSchema* newest_indexes = local.living;
  for (const GroupMember& member : local.living->group->members) {
    const TableSchema* theirs = table_of(peers, member.region, name);
    if (theirs == nullptr || theirs->incarnation != member.incarnation) continue;
    take_newer_settings(*theirs, changed);
    if (settings_supersede(*theirs, *newest_indexes)) newest_indexes = theirs;
  }
  if (newest_indexes != local.living) changed = with_settings_of(*newest_indexes, changed);
  if (changed == *local.living) return std::nullopt;
  return AdoptSettings{std::move(changed)};
}

}  // namespace

Result<ReplicaUpdate> check_updates(const TableSchema& table, const RegionId& self,
                                    const std::vector<ReplicaUpdate>& updates, const PeerCatalogs& peers) {
  if (updates.empty()) {
    return Error::validation("There are no actions specified in the Replica Update Action of the request.");
  }
  const ReplicaUpdate& update = updates.front();
  for (const ReplicaUpdate& other : updates) {  // AWS takes repetitions of one action for one
    if (other.action != update.action || other.region != update.region) {
      return Error::validation(
          "Update table operation with more than one type of replica actions not allowed.");
    }
  }
  if (update.region == self) return local_region_error();
  const GroupMember* member = table.group ? table.group->find(update.region) : nullptr;
  const auto peer = peers.find(update.region);
  if (peer == peers.end()) return unknown_region_error(update.region, self, peers);
  const TableSchema* theirs = table_of(peers, update.region, table.name);
  if (update.action == ReplicaUpdate::Action::kCreate) {
    if (member != nullptr || theirs != nullptr) return exists_error(table.name);
    if (!peer->second.known) {
      return Error(ErrorCode::kUnavailable,
                   fmt::format("Region {} cannot be reached.", update.region.name()));
    }
  } else {
    if (member == nullptr) return not_member_error(update.region);
    if (theirs != nullptr && theirs->deletion_protection) {
      return Error::validation(
          "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
          "protection first.");
    }
  }
  if (table.status != TableStatus::kActive || (table.group && !settled(*table.group))) return in_use_error();
  return update;
}

bool sourced_lately(const TableSchema& table, const RegionId& self, const RegionId& source,
                    const PeerCatalogs& peers, std::uint64_t now_ms) {
  if (!table.group) return false;
  const auto is_late = [&](const GroupMember& member) {
    if (member.region == source || member.backfill_source != source) return false;
    if (member.status == ReplicaStatus::kCreating) return true;
    const TableSchema* copy = member.region == self ? &table : table_of(peers, member.region, table.name);
    return copy != nullptr && copy->incarnation == member.incarnation &&
           now_ms < copy->created_ms + kReplicaSourceMs;
  };
  return std::any_of(table.group->members.begin(), table.group->members.end(), is_late);
}

Result<GroupDescriptor> change_group(const TableSchema& table, const RegionId& self,
                                     const ReplicaUpdate& update, IncarnationId incarnation) {
  GroupDescriptor group;
  if (table.group) {
    group = *table.group;
  } else {
    group.owner = self;
    add_member(group, GroupMember{self, table.incarnation, ReplicaStatus::kActive, RegionId()});
  }
  CHECK(group.owner == self);
  GroupMember* member = find_member(group, update.region);
  if (update.action == ReplicaUpdate::Action::kCreate) {
    if (member != nullptr) return exists_error(table.name);
    if (table.status != TableStatus::kActive || !settled(group)) return in_use_error();
    add_member(group, GroupMember{update.region, incarnation, ReplicaStatus::kCreating, self});
  } else {
    if (member == nullptr) return not_member_error(update.region);
    if (!settled(group)) return in_use_error();
    if (member->status == ReplicaStatus::kCreationFailed) {
      remove_member(group, update.region);  // it never had a table
    } else {
      member->status = ReplicaStatus::kDeleting;
    }
  }
  ++group.group_epoch;
  return group;
}

std::optional<MembershipAction> next_action(const std::string& name, const LocalTable& local,
                                            const PeerCatalogs& peers) {
  const bool member = local.living != nullptr && local.living->group.has_value();
  if (member) {
    const GroupDescriptor& newest = newest_group(name, local, peers);
    if (auto action = follow(name, local, peers, newest)) return action;
    // Who waits to follow changes nothing: the group is another one already.
    if (&newest == &*local.living->group) {
      if (auto action = change_own(name, local, peers)) return action;
    }
    if (auto action = adopt_settings(name, local, peers)) return action;
  }
  return answer_invitation(name, local, peers);
}

std::optional<GroupDescriptor> with_failed_member(const GroupDescriptor& group, const RegionId& member,
                                                  IncarnationId incarnation) {
  const GroupMember* found = group.find(member);
  if (!is_life(found, incarnation) || found->status != ReplicaStatus::kCreating) return std::nullopt;
  GroupDescriptor changed = group;
  find_member(changed, member)->status = ReplicaStatus::kCreationFailed;
  ++changed.group_epoch;
  return changed;
}

}  // namespace gyre::global_tables
