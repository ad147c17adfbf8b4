// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/model/table_schema.h"

namespace gyre::global_tables {

// What all replicas of a table share beside its items: its global indexes, and what
// core/model/replicated_settings.h is about. Each region shows its own in its catalog shard, with the stamp
// of their newest change (TableSchema::settings_stamp), and takes over what a member with a newer stamp
// shows: the last change wins, as it does for items. An index is built or removed by each region for itself,
// so its state is the region's own. Pure. README.md, "Settings".

/// True if `theirs` are to be taken over where `mine` stand: their stamp is newer or, should two stamps ever
/// be equal, their definitions are the greater ones.
bool settings_supersede(const TableSchema& theirs, const TableSchema& mine);

/// `mine` with as much of the settings of `theirs` as can be taken over now: missing indexes are CREATING,
/// ones that are not there any more DELETING. An index whose name is still held by another one that goes has
/// to wait; until nothing waits, `mine` keeps its stamp. New indexes have no id yet.
TableSchema with_settings_of(const TableSchema& theirs, const TableSchema& mine);

}  // namespace gyre::global_tables
