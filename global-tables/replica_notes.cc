// SPDX-License-Identifier: Apache-2.0
#include "global-tables/replica_notes.h"

#include <fmt/core.h>

namespace gyre::global_tables {
namespace {

std::string note_of_ended(const GroupMember& member, const PeerCatalog& catalog, const Backlogs& backlogs) {
  if (!catalog.unread.contains(member.incarnation))
    return "its table is dropped: the owner of the group takes it out";
  const auto backlog = backlogs.find(member.incarnation);
  if (backlog == backlogs.end()) return "its table is dropped, and what it wrote last is still to be read";
  return fmt::format("its table is dropped, and {} records that it wrote last are still to be read",
                     backlog->second);
}

std::string note_of_creating(const GroupMember& member, const TableSchema* theirs) {
  if (theirs == nullptr) return "the region has not made its table yet";
  if (theirs->incarnation != member.incarnation) return "the region has another table of this name";
  if (theirs->status == TableStatus::kCreating) {
    return fmt::format("it is being copied from {}", member.backfill_source.name());
  }
  return "its copy is complete: the owner of the group shows it as ACTIVE next";
}

std::string note_of(const TableSchema& table, const GroupMember& member, const PeerCatalogs& peers,
                    const Backlogs& backlogs) {
  const auto peer = peers.find(member.region);
  if (peer == peers.end()) {
    return "the region is not in the topology: take it out of the group, which loses what it wrote last";
  }
  const PeerCatalog& catalog = peer->second;
  if (catalog.dropped.contains(member.incarnation)) return note_of_ended(member, catalog, backlogs);
  if (!catalog.known) return "the region was not heard of yet";
  const auto found = catalog.tables.find(table.name);
  const TableSchema* theirs = found == catalog.tables.end() ? nullptr : &found->second;
  switch (member.status) {
    case ReplicaStatus::kCreating:
      return note_of_creating(member, theirs);
    case ReplicaStatus::kCreationFailed:
      return "it could not be made, since its name is taken there: remove it, and add it again";
    case ReplicaStatus::kDeleting:
      return "the region has not dropped its table yet";
    case ReplicaStatus::kUpdating:
    case ReplicaStatus::kActive:
      break;
  }
  const bool lives = theirs != nullptr && theirs->incarnation == member.incarnation;
  return lives ? "" : "the region does not have this table: its store is another one, or it is about to tell";
}

}  // namespace

std::map<RegionId, std::string> replica_notes(const TableSchema& table, const RegionId& self,
                                              const PeerCatalogs& peers, const Backlogs& backlogs) {
  std::map<RegionId, std::string> notes;
  if (!table.group) return notes;
  for (const GroupMember& member : table.group->members) {
    if (member.region == self) continue;
    std::string note = note_of(table, member, peers, backlogs);
    if (!note.empty()) notes[member.region] = std::move(note);
  }
  return notes;
}

}  // namespace gyre::global_tables
