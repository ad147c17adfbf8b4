// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/replica_control.h"
#include "core/model/table_schema.h"

namespace gyre::global_tables {

// Who replicates which table, decided by pure functions over what the catalogs of all regions say. Everything
// is told as states, not as events: a region that was away looks at the newest state and does what is due.
// README.md, "Membership".

/// What one peer's catalog shard says, as far as it matters here. `known` once it was read to its head.
struct PeerCatalog {
  bool known = false;
  std::map<std::string, TableSchema> tables;    ///< living ones, by name
  std::set<IncarnationId> dropped;              ///< every life of a table that ended there
  std::map<IncarnationId, std::string> unread;  ///< those of them whose last writes are still being read; and
                                                ///< the tables' names
};
using PeerCatalogs = std::map<RegionId, PeerCatalog>;

/// What this region's own catalog says of one table name.
struct LocalTable {
  RegionId self;
  const TableSchema* living = nullptr;  ///< nullptr: there is none of this name
  std::set<IncarnationId> dropped;
};

// --- what a user asks for ---

/// Checks ReplicaUpdates before anything is written: every refusal that AWS words, with AWS's words
/// (kValidation, kResourceInUse); kUnavailable while the region to add was never heard of. Answers the one
/// change that remains.
Result<ReplicaUpdate> check_updates(const TableSchema& table, const RegionId& self,
                                    const std::vector<ReplicaUpdate>& updates, const PeerCatalogs& peers);

/// AWS's: how long a region that a replica was copied from stays in the group.
inline constexpr std::uint64_t kReplicaSourceMs = 24ULL * 3600 * 1000;

/// Is there a member whose copy was taken from `source` in the last kReplicaSourceMs? One that is
/// still being copied counts; one in a region whose catalog is not known does not.
bool sourced_lately(const TableSchema& table, const RegionId& self, const RegionId& source,
                    const PeerCatalogs& peers, std::uint64_t now_ms);

/// The group after the change, as its owner writes it: one epoch further. A table without a group gets one,
/// owned by `self`. `incarnation`: fresh, the life of the member
/// that is added. kValidation, kResourceInUse as check_updates.
Result<GroupDescriptor> change_group(const TableSchema& table, const RegionId& self,
                                     const ReplicaUpdate& update, IncarnationId incarnation);

// --- what follows from the state of all catalogs ---

/// Make the replica that the group's owner wants here.
struct CreateReplica {
  TableSchema source;  ///< as the owner has it, group and all
};
/// Tell the owner that it cannot be made: the name is taken.
struct RefuseReplica {
  std::string table_name;
  RegionId owner;
  IncarnationId incarnation;
};
/// Take this group over, or (owner) publish it.
struct ReplaceGroup {
  GroupDescriptor group;
};
/// This region is no member any more: its copy goes.
struct DropReplica {};
/// A member has newer settings: take them over.
struct AdoptSettings {
  TableSchema changed;  ///< this region's table with them; new indexes have no id yet
};
using MembershipAction = std::variant<CreateReplica, RefuseReplica, ReplaceGroup, DropReplica, AdoptSettings>;

/// The next thing this region has to do about the table `name`; nullopt: nothing. Called again after each
/// action until nothing is left. The rules:
///  - a member follows the newest descriptor of its group that it sees at any peer; without itself in it, or
///  as DELETING,
///    it drops its copy;
///  - a region that the owner names as CREATING, and that never had that incarnation, makes the table;
///  - a member stays in the group that this region has until its own catalog showed its end and its last
///  writes are read;
///  - a copy that is being made goes when no member is left to make it from;
///  - the owner turns CREATING into ACTIVE once the member's own catalog shows its table as ACTIVE, and takes
///  out a member
///    whose catalog shows its life as ended, which it shows as DELETING until its last writes are read;
///  - when the owner's own life ended, the first remaining ACTIVE member in the order of region names owns
///  the group;
///  - settings that supersede its own (shared_settings.h, core/model/replicated_settings.h) a member takes
///  over from whichever member shows them.
std::optional<MembershipAction> next_action(const std::string& name, const LocalTable& local,
                                            const PeerCatalogs& peers);

/// The group after its owner heard that `member` cannot be made; nullopt if that is no news.
std::optional<GroupDescriptor> with_failed_member(const GroupDescriptor& group, const RegionId& member,
                                                  IncarnationId incarnation);

}  // namespace gyre::global_tables
