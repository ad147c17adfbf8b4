// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/version.h"
#include "core/storage/stored_item.h"
#include "core/storage/writer.h"

namespace gyre::global_tables {

/// What becomes of a write of another region at the key it names.
enum class Resolution {
  kSupersede,     ///< it replaces what stands there
  kStale,         ///< what stands there has seen it already: nothing happens
  kMergeVector,   ///< what stands there stays, and has now seen this write too
  kConflictWon,   ///< concurrent; the incoming write wins, what stood there goes to the conflict log
  kConflictLost,  ///< concurrent; what stands there wins, the incoming write goes to the conflict log
};

struct Resolved {
  Resolution resolution = Resolution::kStale;
  VersionVector merged;   ///< what stands at the key afterwards has seen this
  bool diverged = false;  ///< two contents bear one stamp, which no correct region makes: raise an alarm
};

/// Decides by version alone who stands, and by the vectors alone whether that is worth a line in the conflict
/// log. What stands afterwards is always the greater (version, content) under the merge of both vectors: a
/// join, so any order of delivery, with any duplicates, ends in the same item, version and vector in every
/// region. Expiries (odd stamps) never conflict: a concurrent refresh beats them, and the same expiry in two
/// regions is one. Pure; any thread.
Resolved resolve(const storage::VersionedWrite& incoming, const storage::StoredItem& stored);

}  // namespace gyre::global_tables
